"""The own account: the address of the practice, and how somebody wants to be told of things."""

from dataclasses import replace
from datetime import time

import pytest
from bitewing.home.account import AccountService
from bitewing.home.preferences import Preferences, QuietHours
from bitewing.kernel.errors import InvalidInput, RoleNotAllowed, StaleVersion, Unknown
from hypothesis import given
from hypothesis import strategies as st

from tests.support.builders import a_lab, a_practice
from tests.support.callers import CLINICIAN, FROM_LAB, FROM_OTHER_PRACTICE, FROM_PRACTICE, PLATFORM, PRACTICE_ADMIN
from tests.support.home import InMemoryAccounts
from tests.support.in_memory import InMemoryDirectory

NIGHT = QuietHours(begins_at="20:00", ends_at="07:00")


@pytest.fixture
def directory():
    directory = InMemoryDirectory()
    directory.put(a_practice(), a_lab())
    return directory


@pytest.fixture
def accounts(directory):
    return AccountService(InMemoryAccounts(directory))


def change(accounts, who=PRACTICE_ADMIN, *, email=None, version=None, **preferences):
    expected = accounts.read(who).version if version is None else version
    return accounts.change(who, preferences, email=email, expected_version=expected)


def test_who_said_nothing_is_mailed_and_shown_things_and_gets_no_text_message(accounts):
    account = accounts.read(FROM_PRACTICE)
    assert account.preferences == Preferences()
    preferred = account.preferences
    assert (preferred.by_email, preferred.by_inbox, preferred.by_text) == (True, True, False)
    assert account.version == a_practice().version


@pytest.mark.parametrize(
    ("who", "email", "may_change"),
    [
        (PRACTICE_ADMIN, "office@harbor-dental.example", True),
        (FROM_PRACTICE, "office@harbor-dental.example", False),
        (FROM_LAB, None, False),
        (CLINICIAN, None, False),
        (PLATFORM, None, False),
        (replace(PRACTICE_ADMIN, roles=frozenset()), None, False),
    ],
)
def test_the_address_of_a_practice_is_read_by_its_people_and_changed_by_its_administrators(
    accounts, who, email, may_change
):
    account = accounts.read(who)
    assert (account.practice.email if account.practice else None, account.may_change_email) == (email, may_change)
    if not may_change:
        with pytest.raises(RoleNotAllowed) as refused:
            change(accounts, who, email="new@harbor-dental.example")
        assert refused.value.needed == ("practice_admin",)


def test_another_address_is_another_version_of_the_practice_and_of_nothing_else(accounts, directory):
    before = accounts.read(PRACTICE_ADMIN).version
    changed = change(accounts, email="new@harbor-dental.example")
    stored = directory.practices["practice-1"]
    assert stored == a_practice(email="new@harbor-dental.example", version=2)
    assert changed == accounts.read(PRACTICE_ADMIN)
    assert changed.version == before + 1
    # What nobody changes has no new version.
    assert change(accounts, email="new@harbor-dental.example").version == changed.version


def test_everybody_prefers_for_themselves(accounts):
    change(accounts, FROM_PRACTICE, quiet_hours=NIGHT, language="es")
    assert accounts.read(FROM_PRACTICE).preferences == Preferences(quiet_hours=NIGHT, language="es", version=1)
    assert accounts.read(PRACTICE_ADMIN).preferences == Preferences()
    for who in (FROM_LAB, CLINICIAN, PLATFORM):
        assert change(accounts, who, language="de").version == 1


def test_both_change_together_and_the_version_tells_each_change(accounts):
    both = {"email": "b@x.example", "language": "en"}
    steps = ({"language": "de"}, {"email": "a@harbor-dental.example"}, both)
    versions = [accounts.read(PRACTICE_ADMIN).version, *(change(accounts, **step).version for step in steps)]
    assert versions == [1, 2, 3, 5]


def test_of_two_who_read_the_same_the_second_is_told(accounts, directory):
    change(accounts, language="de", version=1)
    with pytest.raises(StaleVersion) as stale:
        change(accounts, language="es", version=1)
    assert (stale.value.expected, stale.value.actual) == (1, 2)
    # What somebody else says of the practice counts, too.
    directory.put(a_practice(version=2))
    with pytest.raises(StaleVersion):
        change(accounts, language="es", version=2)


def test_of_two_who_save_at_once_the_second_is_told_in_versions_of_the_account(directory):
    class Together(InMemoryAccounts):
        def save(self, caller, **changed):
            super().save(caller, preferences=Preferences(language="de", version=1), practice=None)
            super().save(caller, **changed)

    with pytest.raises(StaleVersion) as stale:
        change(AccountService(Together(directory)), language="es")
    assert (stale.value.expected, stale.value.actual) == (1, 2)


def test_who_belongs_to_a_practice_that_is_none_has_no_account(accounts):
    with pytest.raises(Unknown):
        accounts.read(FROM_OTHER_PRACTICE)


@pytest.mark.parametrize(
    ("preferences", "pointers"),
    [
        ({"language": "English"}, ["/language"]),
        ({"language": "en_US"}, ["/language"]),
        ({"time_zone": "Mars/Olympus"}, ["/time_zone"]),
        ({"time_zone": "../zone"}, ["/time_zone"]),
        ({"mobile": "555-0100"}, ["/mobile"]),
        ({"mobile": "+1 802 555 0115"}, ["/mobile"]),
        ({"mobile": "+0123456789"}, ["/mobile"]),
        ({"by_text": True}, ["/by_text"]),
        ({"by_email": False, "by_inbox": False}, ["/by_inbox"]),
        ({"quiet_hours": QuietHours(begins_at="07:00", ends_at="07:00")}, ["/quiet_hours/ends_at"]),
        ({"language": "", "by_text": True}, ["/language", "/by_text"]),
    ],
    ids=str,
)
def test_what_cannot_be_kept_is_refused_with_all_that_is_wrong(accounts, preferences, pointers):
    with pytest.raises(InvalidInput) as refused:
        change(accounts, FROM_PRACTICE, **preferences)
    assert [error.pointer for error in refused.value.errors] == pointers
    assert accounts.read(FROM_PRACTICE).preferences == Preferences()


@pytest.mark.parametrize(
    "preferences",
    [
        {"language": "gsw-CH", "time_zone": "Europe/Zurich"},
        {"by_text": True, "mobile": "+18025550115", "by_email": False},
        {"quiet_hours": None, "mobile": None},
    ],
    ids=str,
)
def test_what_can_be_kept_is(accounts, preferences):
    found = change(accounts, FROM_PRACTICE, **preferences).preferences
    assert {name: getattr(found, name) for name in preferences} == preferences


@pytest.mark.parametrize(
    ("named", "is_chosen"),
    [({"language": "es"}, False), ({"by_text": False}, True), ({"mobile": None}, True), ({"by_email": False}, False)],
)
def test_who_names_texts_has_chosen_and_who_changes_something_else_has_not(accounts, named, is_chosen):
    before = accounts.read(PRACTICE_ADMIN)
    after = accounts.change(PRACTICE_ADMIN, named, email=None, expected_version=before.version)
    assert after.preferences.says_of_texts is is_chosen
    again = accounts.change(PRACTICE_ADMIN, {"language": "fr"}, email=None, expected_version=after.version)
    assert accounts.read(PRACTICE_ADMIN).preferences.says_of_texts is is_chosen
    assert again.preferences.language == "fr"


def test_a_number_is_not_taken_away_while_messages_go_to_it(accounts):
    change(accounts, FROM_PRACTICE, by_text=True, mobile="+18025550115")
    with pytest.raises(InvalidInput):
        change(accounts, FROM_PRACTICE, mobile=None)


MINUTES = st.integers(0, 24 * 60 - 1)


@given(MINUTES, MINUTES, MINUTES)
def test_quiet_hours_are_those_that_the_clock_shows_from_their_beginning_to_their_end(begins, ends, now):
    if begins == ends:
        return
    quiet = QuietHours(begins_at=_shown(begins), ends_at=_shown(ends))
    inside, minute = set(), begins
    while minute != ends:
        inside.add(minute)
        minute = (minute + 1) % (24 * 60)
    assert quiet.has(time.fromisoformat(_shown(now))) is (now in inside)


def _shown(minute):
    return f"{minute // 60:02d}:{minute % 60:02d}"
