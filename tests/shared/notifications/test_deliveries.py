"""Administrators see what became of messages, and everybody which of their addresses are not used any more."""

from datetime import timedelta

import pytest
from bitewing.aws import keys
from bitewing.aws.schemas import record
from bitewing.aws.table import Put
from bitewing.kernel.caller import OrganizationKind
from bitewing.kernel.errors import InvalidInput, OnlyThemselves, RoleNotAllowed, Unknown
from bitewing.kernel.ids import new_id
from bitewing.notifications.deliveries import DeliveriesService, LogFilter, Organization
from bitewing.notifications.mark import MarkReason
from bitewing.notifications.message import MessageState
from bitewing.notifications.messages_store import TableMessageLog
from bitewing.notifications.rule import Channel

from tests.support.builders import LAB_ID, NOW, PRACTICE_ID
from tests.support.callers import CLINICIAN, FROM_LAB, FROM_PRACTICE, LAB_ADMIN, PLATFORM, PRACTICE_ADMIN
from tests.support.changed_words import InMemoryMarks, a_mark
from tests.support.gathered_facts import a_message
from tests.support.inboxes import InMemoryLog

K = OrganizationKind
OF_PRACTICE = Organization(kind=K.PRACTICE, organization_id=PRACTICE_ID)
OF_LAB = Organization(kind=K.LAB, organization_id=LAB_ID)


def told(hours, **changes):
    """A message that was begun and due some hours from now."""
    due = NOW + timedelta(hours=hours)
    return a_message(new_id(due, lambda _: 0), due_at=due, **changes)


FIRST = told(-48, reader_id="person-7", channel=Channel.TEXT, state=MessageState.SENT)
SECOND = told(-24, subject_id="CASE00000002", state=MessageState.BOUNCED)
THIRD = told(-1)
OF_THE_LAB = told(-2, organization_kind=K.LAB, organization_id=LAB_ID)
ALL = (FIRST, SECOND, THIRD, OF_THE_LAB)


@pytest.fixture
def log(stores):
    if stores.table is None:
        return InMemoryLog(*ALL)
    for each in ALL:
        key = keys.message(each.organization_kind, each.organization_id, each.message_id)
        stores.table.write([Put(key=key, values=record(each))])
    return TableMessageLog(stores.table)


def found(log, **wanted):
    return log.of_organization(K.PRACTICE, PRACTICE_ID, LogFilter(**wanted), limit=10, start=None).things


# --- What stores promise ----------------------------------------------------------------------------------------------


def test_messages_come_the_newest_first_page_by_page_and_are_no_other_organizations(log):
    first = log.of_organization(K.PRACTICE, PRACTICE_ID, LogFilter(), limit=2, start=None)
    assert first.things == (THIRD, SECOND)
    rest = log.of_organization(K.PRACTICE, PRACTICE_ID, LogFilter(), limit=2, start=first.next)
    assert rest.things == (FIRST,)
    assert log.of_organization(K.LAB, LAB_ID, LogFilter(), limit=2, start=None).things == (OF_THE_LAB,)
    assert log.of_organization(K.LAB, "lab-2", LogFilter(), limit=2, start=None).things == ()


@pytest.mark.parametrize(
    ("wanted", "left"),
    [
        ({"reader_id": "person-7"}, [FIRST]),
        ({"subject_id": "CASE00000002"}, [SECOND]),
        ({"channel": Channel.TEXT}, [FIRST]),
        ({"state": MessageState.DUE}, [THIRD]),
        ({"since": NOW - timedelta(hours=24)}, [THIRD, SECOND]),
        ({"until": NOW - timedelta(hours=24)}, [FIRST]),
        ({"since": NOW - timedelta(hours=30), "until": NOW - timedelta(hours=2)}, [SECOND]),
        ({"reader_id": "person-7", "state": MessageState.DUE}, []),
        ({"since": NOW - timedelta(days=5000), "until": NOW - timedelta(days=4000)}, []),
    ],
)
def test_filters_leave_what_they_name(log, wanted, left):
    assert list(found(log, **wanted)) == left


# --- The log ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def marks():
    return InMemoryMarks()


@pytest.fixture
def deliveries(marks):
    return DeliveriesService(InMemoryLog(*ALL), marks)


def logged(deliveries, caller, organization=None, wanted=None):
    page = deliveries.log(caller, organization, wanted or LogFilter(), limit=10, start=None)
    return [each.message_id for each in page.things]


def test_administrators_see_the_messages_of_their_own_organization(deliveries):
    assert logged(deliveries, PRACTICE_ADMIN) == [each.message_id for each in (THIRD, SECOND, FIRST)]
    assert logged(deliveries, LAB_ADMIN) == [OF_THE_LAB.message_id]
    assert logged(deliveries, PRACTICE_ADMIN, OF_PRACTICE, LogFilter(channel=Channel.TEXT)) == [FIRST.message_id]


@pytest.mark.parametrize("caller", [FROM_PRACTICE, FROM_LAB, CLINICIAN], ids=lambda caller: caller.organization_kind)
def test_nobody_else_sees_the_log(deliveries, caller):
    with pytest.raises(RoleNotAllowed):
        logged(deliveries, caller)


def test_only_the_platform_names_another_organization(deliveries):
    assert logged(deliveries, PLATFORM, OF_LAB) == [OF_THE_LAB.message_id]
    assert logged(deliveries, PLATFORM) == []
    with pytest.raises(Unknown):
        logged(deliveries, PRACTICE_ADMIN, OF_LAB)


def test_a_span_that_ends_before_it_begins_is_refused(deliveries):
    with pytest.raises(InvalidInput) as refused:
        logged(deliveries, PRACTICE_ADMIN, wanted=LogFilter(since=NOW, until=NOW))
    assert [each.pointer for each in refused.value.errors] == ["to"]


# --- Addresses --------------------------------------------------------------------------------------------------------


def test_people_see_their_own_marks_and_administrators_all(deliveries, marks):
    marks.put(a_mark("person-2"))
    marks.put(a_mark("person-6", channel=Channel.TEXT))
    assert deliveries.unreachable(FROM_LAB, None) == (a_mark("person-2"),)
    assert len(deliveries.unreachable(LAB_ADMIN, None)) == 2
    assert len(deliveries.unreachable(PLATFORM, OF_LAB)) == 2
    assert deliveries.unreachable(PRACTICE_ADMIN, None) == ()
    with pytest.raises(Unknown):
        deliveries.unreachable(PRACTICE_ADMIN, OF_LAB)


def test_an_address_is_used_again_once_who_reads_there_or_an_administrator_says_so(deliveries, marks):
    for caller, organization in ((FROM_LAB, None), (LAB_ADMIN, None), (PLATFORM, OF_LAB)):
        marks.put(a_mark("person-2"))
        assert deliveries.use_again(caller, organization, "person-2", Channel.EMAIL) == a_mark("person-2")
        assert marks.kept == {}
        with pytest.raises(Unknown):
            deliveries.use_again(caller, organization, "person-2", Channel.EMAIL)


def test_nobody_uses_an_address_of_somebody_else_again_without_being_an_administrator(deliveries, marks):
    marks.put(a_mark("person-6"))
    for caller, organization in ((FROM_LAB, None), (FROM_PRACTICE, None), (PRACTICE_ADMIN, OF_LAB)):
        with pytest.raises(Unknown):
            deliveries.use_again(caller, organization, "person-6", Channel.EMAIL)
    with pytest.raises(Unknown):
        deliveries.use_again(LAB_ADMIN, None, "person-6", Channel.TEXT)


@pytest.mark.parametrize("reason", [MarkReason.UNSUBSCRIBED, MarkReason.COMPLAINED, MarkReason.STOPPED])
def test_who_does_not_want_to_be_written_to_says_otherwise_themselves(deliveries, marks, reason):
    marks.put(a_mark("person-2", reason=reason))
    for caller, organization in ((LAB_ADMIN, None), (PLATFORM, OF_LAB)):
        with pytest.raises(OnlyThemselves):
            deliveries.use_again(caller, organization, "person-2", Channel.EMAIL)
    assert deliveries.use_again(FROM_LAB, None, "person-2", Channel.EMAIL).reason is reason


def test_of_the_address_of_an_organization_its_administrators_say_so(deliveries, marks):
    of_lab = a_mark(LAB_ID, reason=MarkReason.UNSUBSCRIBED)
    marks.put(of_lab)
    with pytest.raises(OnlyThemselves):
        deliveries.use_again(PLATFORM, OF_LAB, LAB_ID, Channel.EMAIL)
    with pytest.raises(Unknown):
        deliveries.use_again(FROM_LAB, None, LAB_ID, Channel.EMAIL)
    assert deliveries.use_again(LAB_ADMIN, None, LAB_ID, Channel.EMAIL) == of_lab
