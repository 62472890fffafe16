"""People read what they were told, and mark it read; stores in memory and on DynamoDB keep the same promises."""

from dataclasses import replace

import pytest
from bitewing.home.preferences import Preferences
from bitewing.kernel.caller import OrganizationKind, Role
from bitewing.kernel.errors import RequestInProgress, StaleVersion, Unknown
from bitewing.notifications.desk_store import TableDesk
from bitewing.notifications.inbox import InboxCounts
from bitewing.notifications.inbox_service import InboxService
from bitewing.notifications.inbox_store import TableInboxes
from bitewing.notifications.templates.template import Template

from tests.support.callers import FROM_OTHER_PRACTICE, FROM_PRACTICE, a_caller
from tests.support.changed_words import CARE_TEAM, InMemoryTemplates, a_changed_template
from tests.support.gathered_facts import SomeProfiles, a_heard, a_profile, an_entry
from tests.support.inboxes import InMemoryInboxes

ANOTHER = "person-3"


class OnTable:
    """Inboxes over the table, into which the desk tells."""

    def __init__(self, table):
        self._desk, self._inboxes = TableDesk(table), TableInboxes(table)

    def __getattr__(self, name):
        return getattr(self._inboxes, name)

    def tell(self, *entries):
        for entry in entries:
            counts = self._inboxes.counts(entry.reader_id)
            heard = a_heard(f"fact-{entry.number}", reader_id=entry.reader_id)
            self._desk.tell(heard, entry=entry, counts=counts, bundles=())


@pytest.fixture
def inboxes(stores):
    return InMemoryInboxes() if stores.table is None else OnTable(stores.table)


def numbers(page):
    return [each.number for each in page.things]


# --- What stores promise ----------------------------------------------------------------------------------------------


def test_an_inbox_is_empty_before_anybody_is_told_anything(inboxes):
    assert inboxes.counts("person-1") == InboxCounts(reader_id="person-1")
    assert numbers(inboxes.entries("person-1", unread_after=None, limit=5, start=None)) == []
    assert (inboxes.entry("person-1", 1), inboxes.unread_after("person-1", 0)) == (None, 0)


def test_entries_come_the_newest_first_page_by_page_and_are_nobody_elses(inboxes):
    inboxes.tell(*(an_entry(number) for number in range(1, 13)), an_entry(1, reader_id=ANOTHER))
    first = inboxes.entries("person-1", unread_after=None, limit=10, start=None)
    assert numbers(first) == list(range(12, 2, -1))
    assert numbers(inboxes.entries("person-1", unread_after=None, limit=10, start=first.next)) == [2, 1]
    assert inboxes.entry("person-1", 12) == an_entry(12)
    assert numbers(inboxes.entries(ANOTHER, unread_after=None, limit=10, start=None)) == [1]


def test_what_is_read_is_left_out_and_not_counted_where_only_the_unread_is_wanted(inboxes):
    inboxes.tell(*(an_entry(number) for number in range(1, 6)))
    counts = inboxes.counts("person-1")
    inboxes.save(replace(counts, unread=4, version=counts.version + 1), read=an_entry(4, is_read=True))
    assert numbers(inboxes.entries("person-1", unread_after=2, limit=5, start=None)) == [5, 3]
    assert (inboxes.unread_after("person-1", 2), inboxes.unread_after("person-1", 5)) == (2, 0)
    assert inboxes.entry("person-1", 4).is_read
    assert inboxes.counts("person-1").unread == 4


def test_nothing_is_stored_over_what_was_told_or_read_in_the_meantime(inboxes):
    inboxes.tell(an_entry(1))
    counts = inboxes.counts("person-1")
    read = replace(counts, unread=0, version=counts.version + 1)
    inboxes.tell(an_entry(2))
    with pytest.raises(StaleVersion):
        inboxes.save(read, read=an_entry(1))
    now = inboxes.counts("person-1")
    inboxes.save(replace(now, unread=1, version=now.version + 1), read=an_entry(1))
    for number in (1, 9):
        with pytest.raises(StaleVersion):
            inboxes.save(replace(now, unread=0, version=now.version + 2), read=an_entry(number))
    assert inboxes.counts("person-1").unread == 1


def test_what_was_read_as_a_whole_is_stored_alone(inboxes):
    inboxes.tell(an_entry(1))
    counts = replace(inboxes.counts("person-1"), read_until=1, unread=0)
    inboxes.save(replace(counts, version=counts.version + 1))
    assert inboxes.counts("person-1") == replace(counts, version=counts.version + 1)
    with pytest.raises(StaleVersion) as refused:
        inboxes.save(replace(counts, version=counts.version + 1))
    assert refused.value.facts() == {"expected_version": 1, "actual_version": 2}


# --- What people do ---------------------------------------------------------------------------------------------------


class Place:
    def __init__(self):
        self.inboxes, self.profiles, self.templates = InMemoryInboxes(), SomeProfiles(), InMemoryTemplates()
        self.service = InboxService(self.inboxes, self.profiles, self.templates)

    def page(self, *, caller=FROM_PRACTICE, is_unread_only=False, limit=25, start=None):
        return self.service.page(caller, is_unread_only=is_unread_only, limit=limit, start=start)


@pytest.fixture
def place():
    return Place()


def test_entries_are_put_into_words_when_they_are_read_in_the_language_of_the_reader(place):
    values = {
        "case_id": "8KD2M5X0T3QA",
        "initials": "M. H.",
        "lab": "North Pine",
        "starts_at": "2026-03-20T14:30:00Z",
        "minutes": "30",
        "link": "https://portal.example.com/cases/8KD2M5X0T3QA",
    }
    place.inboxes.tell(an_entry(1, template="session_comes", values=values))
    (english,) = place.page().entries
    assert (
        english.title == "Case 8KD2M5X0T3QA (M. H.): planning session on Friday, March 20, 2026, 10:30 AM (UTC-04:00)"
    )
    assert english.lines == (("See the case", "https://portal.example.com/cases/8KD2M5X0T3QA"),)
    place.profiles.of_some["person-1"] = a_profile(
        preferences=Preferences(language="es-US"), time_zone="America/Los_Angeles"
    )
    (spanish,) = place.page().entries
    assert "viernes, 20 de marzo de 2026, 7:30 a. m." in spanish.title


def test_the_words_are_those_of_the_care_team_where_the_fact_names_one(place):
    own = Template(subject="Quiet: {on}", lines=("Nobody answered.",))
    place.templates.save(a_changed_template(owner=CARE_TEAM, template=own))
    place.templates.save(a_changed_template(template=Template(subject="Silent", lines=("b",))))
    for number, care_team_id in enumerate(("team-1", "team-2", ""), start=1):
        place.inboxes.tell(
            an_entry(number, template="member_silent", values={"on": "2026-03-20"}, care_team_id=care_team_id)
        )
    assert [each.title for each in place.page().entries] == ["Silent", "Silent", "Quiet: Friday, March 20, 2026"]


def test_what_was_told_in_words_that_are_no_more_is_still_listed(place):
    place.inboxes.tell(an_entry(1, template="words_of_long_ago"))
    (entry,) = place.page().entries
    assert (entry.title, entry.lines, entry.entry.number) == ("CaseMoved", (), 1)


def test_an_empty_page_asks_nobody_how_they_read(place):
    place.service = InboxService(place.inboxes, None, None)
    assert place.page().entries == ()
    assert place.service.counts(FROM_PRACTICE).unread == 0


def test_one_entry_is_read_once(place):
    place.inboxes.tell(an_entry(1), an_entry(2))
    after = place.service.read(FROM_PRACTICE, 1)
    assert (after.unread, after.last_number) == (1, 2)
    assert place.service.read(FROM_PRACTICE, 1) == after
    assert [(each.entry.number, each.entry.is_read) for each in place.page().entries] == [(2, False), (1, True)]
    assert [each.entry.number for each in place.page(is_unread_only=True).entries] == [2]


def test_an_entry_of_somebody_else_is_unknown(place):
    place.inboxes.tell(an_entry(1))
    with pytest.raises(Unknown):
        place.service.read(FROM_OTHER_PRACTICE, 1)
    with pytest.raises(Unknown):
        place.service.read(FROM_PRACTICE, 2)


def test_all_that_is_known_is_read_and_what_comes_meanwhile_is_not(place):
    place.inboxes.tell(*(an_entry(number) for number in (1, 2, 3, 4, 5)))
    place.service.read(FROM_PRACTICE, 4)
    after = place.service.read_all(FROM_PRACTICE, up_to=2)
    assert (after.read_until, after.unread) == (2, 2)
    assert [each.entry.is_read for each in place.page().entries] == [False, True, False, True, True]
    # Twice is once, and an older page marks nothing as unread
    assert place.service.read_all(FROM_PRACTICE, up_to=2) == after
    assert place.service.read_all(FROM_PRACTICE, up_to=1) == after
    # Nobody has read beyond the newest
    assert place.service.read_all(FROM_PRACTICE, up_to=99).read_until == 5
    assert place.page(is_unread_only=True).entries == ()
    assert place.service.read(FROM_PRACTICE, 5).unread == 0


def test_what_went_away_unread_never_makes_less_than_nothing(place):
    place.inboxes.tell(an_entry(1))
    counts = place.inboxes.counts("person-1")
    place.inboxes.save(replace(counts, unread=0, version=counts.version + 1))
    assert place.service.read(FROM_PRACTICE, 1).unread == 0


def test_who_is_told_something_at_the_same_moment_marks_it_read_anew(place, monkeypatch):
    place.inboxes.tell(an_entry(1), an_entry(2))
    usual, meets = place.inboxes.save, iter(range(2, 99))

    def once_late(counts, *, read=None):
        if (number := next(meets)) in (2, 3):
            place.inboxes.tell(an_entry(number + 1))
        usual(counts, read=read)

    monkeypatch.setattr(place.inboxes, "save", once_late)
    assert place.service.read(FROM_PRACTICE, 1).unread == 3
    assert place.service.read_all(FROM_PRACTICE, up_to=2).unread == 2


def test_who_is_told_something_again_and_again_is_asked_to_come_back(place, monkeypatch):
    place.inboxes.tell(an_entry(1))

    def always_late(*_, **__):
        raise StaleVersion(expected=1, actual=2)

    monkeypatch.setattr(place.inboxes, "save", always_late)
    for act in (
        lambda: place.service.read(FROM_PRACTICE, 1),
        lambda: place.service.read_all(FROM_PRACTICE, up_to=1),
    ):
        with pytest.raises(RequestInProgress):
            act()


def test_everybody_has_an_inbox_whatever_their_organization(place):
    clinician = a_caller("team-1", OrganizationKind.CARE_TEAM, Role.CLINICIAN, user_id="person-1")
    place.inboxes.tell(an_entry(1))
    assert len(place.page(caller=clinician).entries) == 1
