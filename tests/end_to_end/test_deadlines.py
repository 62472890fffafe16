"""What happens by itself on the deployed stack because it is time for it: nobody calls for it, and each happens once.

All of it is set at once, so that the slowest is waited for and nothing else: what is more than a minute ahead is told
by Scheduler, of which the emulator looks every ten seconds what is due.
"""

import json
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from bitewing.aws import keys
from bitewing.aws.table import Table
from bitewing.care_teams.care_team import ClinicianRole
from bitewing.case_days.case_day import CaseDay, Member
from bitewing.case_days.events import CaseDayChanged, CaseDayCreated, CaseDayMoved, day_event_head
from bitewing.case_days.ports import DayChange, Judged
from bitewing.case_days.status import DayParty, DayStatus
from bitewing.case_days.store import TableCaseDays
from bitewing.kernel.ids import new_id
from bitewing.kernel.moments import rfc3339
from bitewing.scheduling.events import PeriodOpened, event_head
from bitewing.scheduling.period import SchedulingPeriod
from bitewing.scheduling.store import TablePeriods

from local.seed import BRIGHT_VANS, MAPLE_SITE, MAX
from tests.end_to_end.deadline import eventually, until_nothing
from tests.support.case_days import a_clinician, a_day, put_of

SOON, LATER = timedelta(seconds=4), timedelta(seconds=70)
FAR = timedelta(days=200)
GROUP = "bitewing-local-deadlines"


def now():
    return datetime.now(UTC)


@dataclass
class Kept:
    """What is stored on the stack, and what Scheduler has."""

    stack: object

    def __post_init__(self):
        self.outputs = self.stack.outputs()
        self.table = Table(self.stack.client("dynamodb"), self.outputs["TableName"])
        self.days, self.periods = TableCaseDays(self.table, now=now), TablePeriods(self.table, now=now)

    def told(self, subject, subject_id):
        """How often each event of a subject was told."""
        partition = keys.SUBJECT_PARTITIONS[subject] + subject_id
        return Counter(each["detail_type"] for each in self.table.partition(partition, prefix=keys.EVENT_PREFIX))

    def schedules(self, subject_id):
        """What Scheduler is to tell of a subject, by name: when."""
        scheduler = self.stack.client("scheduler")
        listed = scheduler.list_schedules(GroupName=GROUP)["Schedules"]
        found = {}
        for name in (each["Name"] for each in listed if subject_id in each["Name"]):
            # One that is carried out meanwhile is gone.
            with suppress(scheduler.exceptions.ResourceNotFoundException):
                found[name] = scheduler.get_schedule(GroupName=GROUP, Name=name)["ScheduleExpression"]
        return found

    def makes(self, day):
        """Store a day that is told of, with the clinicians of its team."""
        clinicians = [a_clinician(each.clinician_id, care_team_id=day.care_team_id) for each in day.team]
        for each in clinicians:
            self.table.write(put_of(each))
        event = CaseDayCreated(**day_event_head(day, at=now()), period_id=None, request_id=None)
        judged = tuple(
            Judged(clinician_id=each.clinician_id, clinician_version=1, availability_version=0, calendar_version=0)
            for each in clinicians
        )
        self.days.save(DayChange(day=day, before=None, entries=(), events=(event,), judged=judged))
        return day

    def changes(self, before, told, **values):
        """Store the next version of a day, and tell an event of it."""
        after = before.changed(**values)
        event = told(after)
        self.days.save(DayChange(day=after, before=before, entries=(), events=(event,)))
        return after


def a_day_of(at, minutes, **values):
    """A Case Day of a care team and a practice of its own, which begins at the minute of a moment."""
    own = uuid4().hex
    day = a_day(
        case_day_id=new_id(now()),
        care_team_id=f"team-{own}",
        practice_id=f"practice-{own}",
        period_id=None,
        time_zone="UTC",
        on=at.date(),
        starts_at=f"{at:%H:%M}",
        minutes=minutes,
        created_at=now(),
    )
    return replace(day, **values)


def a_nurse(due_at):
    own = f"nurse-{uuid4().hex}"
    return Member(role=ClinicianRole.NURSE, clinician_id=own, name="Robin Vale", asked_at=now(), answer_due_at=due_at)


def a_confirmed(day: CaseDay):
    return CaseDayMoved(
        **day_event_head(day, at=now()), origin=DayStatus.TENTATIVE, to=DayStatus.CONFIRMED, by=DayParty.MANAGER
    )


def a_called_off(day: CaseDay):
    return CaseDayMoved(
        **day_event_head(day, at=now()), origin=DayStatus.CONFIRMED, to=DayStatus.CANCELLED, by=DayParty.MANAGER
    )


def a_period_that_is_due_at_once(kept):
    """Store a period whose availability was due a minute ago; it is told of like any other."""
    at, first_on = now(), (now() + FAR).date()
    period = SchedulingPeriod(
        period_id=new_id(at),
        care_team_id=BRIGHT_VANS.care_team_id,
        name="Due already",
        first_on=first_on,
        last_on=first_on,
        availability_due_at=at - timedelta(minutes=1),
        requests_due_at=at,
        states=frozenset({MAPLE_SITE.state}),
    )
    due = {"availability_due_at": period.availability_due_at, "requests_due_at": period.requests_due_at}
    kept.periods.save(period, PeriodOpened(**event_head(period, at=at), period_version=1, **due))
    return period.period_id


def a_changed(day: CaseDay):
    return CaseDayChanged(**day_event_head(day, at=now()), fields=(), by=DayParty.MANAGER)


@pytest.fixture(scope="module")
def kept(stack):
    return Kept(stack)


@pytest.fixture(scope="module")
def opened(kept, api_of):
    """Periods that a manager opened: one whose availability is due in seconds, and one in more than a minute."""
    max_rowe, first_on = api_of(MAX), (now() + FAR).date()

    def opens(due_at):
        new = {
            "name": f"Due {rfc3339(due_at)}",
            "first_on": first_on.isoformat(),
            "last_on": (first_on + timedelta(days=6)).isoformat(),
            "availability_due_at": rfc3339(due_at),
            "requests_due_at": rfc3339(due_at + timedelta(days=1)),
            "states": [MAPLE_SITE.state],
        }
        return max_rowe.post("/v1/scheduling-periods", new, key=uuid4().hex).expect(201).body["period_id"]

    return max_rowe, opens(now() + SOON), opens(now() + LATER)


@pytest.fixture(scope="module")
def made(kept, opened):
    """Case Days: one that begins, one whose nurse owes an answer, and one that is called off before it begins."""
    begins = a_day_of(now(), 1)
    kept.changes(kept.makes(begins), a_confirmed, status=DayStatus.CONFIRMED)
    silent = kept.makes(a_day_of(now() + FAR, 60, team=(a_nurse(now() + SOON),)))
    off = kept.makes(a_day_of(now() + FAR, 60))
    off = kept.changes(off, a_confirmed, status=DayStatus.CONFIRMED)
    return begins, silent, off


def test_a_deadline_lies_with_scheduler_moves_with_its_day_and_goes_with_it(kept, made):
    *_, off = made
    name = f"day_begins-{off.case_day_id}"
    # Whom to remind of it is looked at by a schedule of its own, which goes with it, too.
    names = {name, f"day_reminder-{off.case_day_id}"}
    eventually(lambda: {*kept.schedules(off.case_day_id)} == names)
    assert kept.schedules(off.case_day_id)[name] == f"at({off.begins_at:%Y-%m-%dT%H:%M:%S})"
    later = kept.changes(off, a_changed, on=off.on + timedelta(days=7))
    eventually(lambda: kept.schedules(off.case_day_id)[name] == f"at({later.begins_at:%Y-%m-%dT%H:%M:%S})")
    assert {*kept.schedules(off.case_day_id)} == names
    kept.changes(later, a_called_off, status=DayStatus.CANCELLED)
    until_nothing(lambda: kept.schedules(off.case_day_id))


def test_a_period_whose_availability_is_due_moves_on_by_itself_once(kept, opened):
    max_rowe, soon, _ = opened
    eventually(lambda: max_rowe.get(f"/v1/scheduling-periods/{soon}").expect(200).body["status"] == "reviewing")
    assert kept.told("period_id", soon) == {"PeriodOpened": 1, "PeriodMoved": 1}


def test_managers_hear_once_of_a_member_who_does_not_answer(kept, made):
    _, silent, _ = made
    eventually(lambda: kept.days.find(silent.case_day_id).team[0].silent_at)
    assert kept.told("case_day_id", silent.case_day_id)["TeamMemberSilent"] == 1
    # Until somebody calls it off, it waits for its time: its managers would hear that nobody confirmed it.
    eventually(lambda: {*kept.schedules(silent.case_day_id)} == {f"day_begins-{silent.case_day_id}"})
    kept.changes(kept.days.find(silent.case_day_id), a_called_off, status=DayStatus.CANCELLED)
    until_nothing(lambda: kept.schedules(silent.case_day_id))


def test_a_confirmed_day_begins_and_ends_by_itself(kept, made):
    begins, *_ = made
    eventually(lambda: kept.days.find(begins.case_day_id).status is DayStatus.COMPLETED, within_s=90)
    # It was confirmed, it began, it ended.
    assert kept.told("case_day_id", begins.case_day_id)["CaseDayMoved"] == 3
    until_nothing(lambda: kept.schedules(begins.case_day_id))


def test_scheduler_tells_of_what_was_more_than_a_minute_ahead_and_forgets_it(kept, opened):
    max_rowe, _, later = opened
    eventually(
        lambda: max_rowe.get(f"/v1/scheduling-periods/{later}").expect(200).body["status"] == "reviewing", within_s=120
    )
    assert kept.told("period_id", later) == {"PeriodOpened": 1, "PeriodMoved": 1}
    # What is left of it is when to look whom to remind that requests are due.
    eventually(lambda: {*kept.schedules(later)} <= {f"period_reminder-{later}"})


def test_the_same_events_again_change_nothing(kept, opened, made):
    """As when the bus delivers twice, and out of order: all events of a day and of a period are put on it once more."""
    _, soon, _ = opened
    begins, *_ = made
    kept_as = kept.days.find(begins.case_day_id), kept.periods.find(BRIGHT_VANS.care_team_id, soon)
    told = [kept.told("case_day_id", begins.case_day_id), kept.told("period_id", soon)]
    again = [
        *kept.table.partition(keys.SUBJECT_PARTITIONS["case_day_id"] + begins.case_day_id, prefix=keys.EVENT_PREFIX),
        *kept.table.partition(keys.SUBJECT_PARTITIONS["period_id"] + soon, prefix=keys.EVENT_PREFIX),
    ]
    kept.stack.client("events").put_events(
        Entries=[
            {
                "EventBusName": kept.outputs["BusName"],
                "Source": each["source"],
                "DetailType": each["detail_type"],
                "Detail": json.dumps(each["detail"]),
            }
            for each in reversed(again)
        ]
    )
    # A later change of another period is heard after them.
    last = a_period_that_is_due_at_once(kept)
    eventually(lambda: kept.told("period_id", last)["PeriodMoved"])
    assert (kept.days.find(begins.case_day_id), kept.periods.find(BRIGHT_VANS.care_team_id, soon)) == kept_as
    assert [kept.told("case_day_id", begins.case_day_id), kept.told("period_id", soon)] == told
