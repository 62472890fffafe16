"""Every sign of a text comes onto paper, or says that it has no shape there."""

import unicodedata

import pytest
from bitewing.rx.printing.legible import COVERED, is_covered, legible

from tests.support.shown_cases import NAMES
from tools.glyphs import covered, ranges, signs_of


def test_what_is_said_to_be_covered_is_what_the_typefaces_have():
    assert COVERED.read_text() == covered(COVERED.parent)


def test_each_letter_of_names_in_all_scripts_has_a_shape_in_a_typeface():
    signs = set().union(*map(signs_of, COVERED.parent.glob("*.ttf")))
    assert {script: sign for script, name in NAMES.items() for sign in name if ord(sign) not in signs} == {}


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_names_of_all_scripts_stand_as_they_are(name):
    assert legible(name) == name


@pytest.mark.parametrize(
    ("first", "last"),
    [
        *((0x20, 0x7E), (0xA1, 0x24F), (0x370, 0x373), (0x400, 0x4FF), (0x5D0, 0x5EA), (0x621, 0x64A)),
        *((0xAC00, 0xD7A3), (0x3041, 0x3093), (0x30A1, 0x30F6), (0xE01, 0xE2E), (0x904, 0x939), (0x1E00, 0x1EFF)),
        (0x4E00, 0x9FA5),
    ],
)
def test_whole_alphabets_are_covered(first, last):
    missing = [chr(code) for code in range(first, last + 1) if not is_covered(code)]
    assert [sign for sign in missing if unicodedata.category(sign) not in {"Cf", "Cn"}] == []


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\U00020bb7田", "[U+20BB7]田"),
        ("\U0001f9b7", "[U+1F9B7]"),
        ("\ue000", "[U+E000]"),
    ],
)
def test_a_sign_without_a_shape_says_which_it_is(text, shown):
    assert legible(text) == shown


def test_signs_that_turn_the_direction_of_writing_do_not_come_onto_paper():
    assert legible("\u202eevil\u202c \u2066x\u2069\ufeff") == "evil x"


def test_selectors_of_variants_are_left_out_and_joiners_stay():
    assert legible("\u2714\ufe0f 葛\U000e0100") == "\u2714 葛"
    assert legible("ශ්\u200dරි بی\u200cتنش") == "ශ්\u200dරි بی\u200cتنش"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("e\u0301", "e\u0301"),
        ("\u05e9\u05c1\u05b8", "\u05e9\u05c1\u05b8"),
        # No typeface has both the letter and the mark; none is put onto what stands for it instead.
        ("\u4e2d\u0591x", "\u4e2d[U+0591]x"),
        ("\u4e2d\u0591\u0e49", "\u4e2d[U+0591][U+0E49]"),
        ("\u0301", "[U+0301]"),
        ("\n\u0301", " \u0301"),
    ],
)
def test_a_mark_stands_on_a_letter_of_its_own_typeface_or_says_which_it_is(text, shown):
    assert legible(text) == shown


def test_control_characters_become_spaces():
    assert legible("a\tb\x00c") == "a b c"


def test_words_that_are_too_long_for_a_line_can_be_broken():
    assert max(map(len, legible("x" * 4000).split("\u200b"))) == 40
    assert legible("x" * 40) == "x" * 40
    assert legible("กัญญาณัฐ" * 10) == "กัญญาณัฐ" * 10


def test_texts_are_made_legible_wherever_they_stand_and_nothing_else_is_touched():
    assert legible({"a": ("\ue000", 1, None), "b": {"c": True}}) == {"a": ["[U+E000]", 1, None], "b": {"c": True}}


@pytest.mark.parametrize(
    ("codes", "told"),
    [((), []), ((0x41,), ["41"]), ((0x43, 0x41, 0x42, 0x45), ["41-43", "45"]), ((0x0, 0x1), ["0-1"])],
)
def test_ranges_are_told_in_hexadecimal(codes, told):
    assert list(ranges(codes)) == told
