"""Names are compared as people would, and stand in keys as digests that nobody can guess."""

import pytest
from bitewing.kernel.names import are_of_one_person, digest_of, initials_of, words_of


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Mira Holloway", "holloway  MIRA"),
        ("Zoë Ünal-Ødegård", "Zoe Unal Odegard"),
        ("Anne-Marie O'Neill", "ANNE MARIE ONEILL"),
        ("Müller", "Mueller"),
        ("Łukasz Đorić", "Lukasz Doric"),
        ("Mira Holloway", "Holloway"),
        ("李小龙", "李小龙"),
        ("王 芳", "芳 王"),
        ("Mira Holloway", ""),
        ("anonymous", "Mira Holloway"),
    ],
)
def test_one_person_is_one_however_the_name_is_written(one, other):
    assert are_of_one_person(one, other)
    assert are_of_one_person(other, one)


@pytest.mark.parametrize("other", ["Nora Holloway", "Mira Hollow", "李小龙", "Мира Холлоуэй"])
def test_another_name_is_another_person(other):
    assert not are_of_one_person("Mira Holloway", other)


def test_a_single_letter_is_no_word():
    assert words_of("J. R. Holloway") == {"holloway"}


def test_a_single_character_is_a_word_in_chinese():
    assert words_of("王 芳") == {"王", "芳"}
    assert not are_of_one_person("王 芳", "王 伟")
    assert digest_of("王 芳", salt="s") == digest_of("芳 王", salt="s") != digest_of("王 伟", salt="s")


def test_numbers_are_words_but_where_only_letters_are_kept():
    assert words_of("Holloway 1234") == {"holloway", "1234"}
    assert words_of("Holloway 1234", keeps=str.isalpha) == {"holloway"}


def test_a_digest_is_the_same_for_the_same_words_in_any_order():
    assert digest_of("Mira Holloway", salt="s") == digest_of("HOLLOWAY, Mira", salt="s")


def test_a_digest_differs_with_the_name_and_with_the_salt_and_shows_neither():
    digests = {digest_of("Mira Holloway", salt="s"), digest_of("Mira Holloway", salt="t"), digest_of("Nora", salt="s")}
    assert len(digests) == 3
    assert all(len(digest) == 32 and set(digest) <= set("0123456789abcdef") for digest in digests)


@pytest.mark.parametrize("name", ["", "  ", "Anonymous", "J."])
def test_a_name_that_names_nobody_has_no_digest(name):
    assert digest_of(name, salt="s") is None


@pytest.mark.parametrize(
    ("name", "initials"),
    [
        ("Mira Holloway", "M. H."),
        ("  mira  de la holloway ", "M. D. L. H."),
        ("J. Smith", "J. S."),
        ("Ærø O'Neil", "Æ. O."),
        ("山田 太郎", "山. 太."),
        ("- …", ""),
        ("", ""),
    ],
)
def test_initials_stand_for_a_name(name, initials):
    assert initials_of(name) == initials


@pytest.mark.parametrize(("name", "initials"), [("王 伟", "王."), ("A B C", "A."), ("王", ""), ("Q", "")])
def test_initials_never_say_the_whole_name(name, initials):
    assert initials_of(name) == initials
