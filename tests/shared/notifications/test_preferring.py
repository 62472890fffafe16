"""By which channels somebody hears of something."""

import pytest
from bitewing.home.preferences import Preferences, QuietHours
from bitewing.notifications.preferring import QUIET_FOR_TEXTS, Reach, channels_of, quiet_hours_of, reach_of
from bitewing.notifications.rule import Channel

E, T, I, W = Channel.EMAIL, Channel.TEXT, Channel.INBOX, Channel.WEBHOOK  # noqa: E741 - the letters of the table
EVERYWHERE = Reach(email="nia@example.com", mobile="+18025550115")
NIGHT = QuietHours(begins_at="22:00", ends_at="06:00")


def test_somebody_hears_by_what_is_asked_for_and_open():
    assert channels_of({E, I}, Preferences(), EVERYWHERE) == {E, I}
    assert channels_of({E, I}, Preferences(by_email=False), EVERYWHERE) == {I}
    assert channels_of({E, I}, Preferences(by_inbox=False), EVERYWHERE) == {E}
    assert channels_of({T, I}, Preferences(), EVERYWHERE) == {T, I}


def test_who_cannot_be_texted_is_mailed_to():
    assert channels_of({T, I}, Preferences(), Reach(email="nia@example.com", mobile="")) == {E, I}


def test_who_would_hear_of_it_nowhere_finds_it_in_the_portal():
    nowhere = Reach(email="", mobile="")
    assert channels_of({E}, Preferences(), nowhere) == {I}
    assert channels_of({E, T}, Preferences(by_inbox=False), nowhere) == {I}


def test_an_address_without_a_portal_is_mailed_to_or_not_told():
    assert channels_of({E}, Preferences(), Reach(email="office@example.com", mobile="", has_portal=False)) == {E}
    assert channels_of({E}, Preferences(), Reach(email="", mobile="", has_portal=False)) == frozenset()


def test_what_only_systems_hear_is_told_to_no_person():
    assert channels_of({W}, Preferences(), EVERYWHERE) == frozenset()


@pytest.mark.parametrize(
    ("preferences", "phone", "mobile"),
    [
        (Preferences(), "+18025550101", "+18025550101"),
        (Preferences(language="es-US", by_email=False, version=2), "+18025550101", "+18025550101"),
        (Preferences(has_chosen_texts=True, version=1), "+18025550101", ""),
        (Preferences(), "", ""),
        (Preferences(by_text=True, mobile="+18025550102", version=1), "+18025550101", "+18025550102"),
        (Preferences(by_text=False, mobile="+18025550102", version=1), "+18025550101", ""),
        (Preferences(), "802-555-0101", ""),
    ],
)
def test_texts_go_to_the_number_of_the_record_until_somebody_says_whether_they_want_any(preferences, phone, mobile):
    assert reach_of(preferences, email="nia@example.com", phone=phone).mobile == mobile


def test_what_bounced_is_not_used_any_more():
    marked = {"nia@example.com", "+18025550101"}
    assert reach_of(Preferences(), email="nia@example.com", phone="+18025550101", bounced=marked) == Reach(
        email="", mobile=""
    )


def test_what_is_no_address_is_not_mailed_to():
    assert reach_of(Preferences(), email="nia at example").email == ""


def test_the_portal_is_never_quiet_and_texts_are_at_night():
    assert quiet_hours_of(I, Preferences(quiet_hours=NIGHT)) is None
    assert quiet_hours_of(E, Preferences()) is None
    assert quiet_hours_of(T, Preferences()) is QUIET_FOR_TEXTS
    assert (
        quiet_hours_of(E, Preferences(quiet_hours=NIGHT)) == quiet_hours_of(T, Preferences(quiet_hours=NIGHT)) == NIGHT
    )


def test_addresses_and_numbers_stand_in_no_log():
    assert "nia@" not in repr(EVERYWHERE)
    assert "+1802" not in repr(EVERYWHERE)
