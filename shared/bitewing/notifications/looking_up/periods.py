"""Scheduling periods: availability and requests for them, and how they are matched."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from bitewing.care_teams.care_team import CareTeam
from bitewing.care_teams.clinician import Clinician
from bitewing.directory.organization import Practice
from bitewing.kernel.caller import OrganizationKind
from bitewing.match_runs.run import MatchRun, RunStatus
from bitewing.notifications.fact import Fact
from bitewing.notifications.reminder import ReminderKind
from bitewing.scheduling.availability import Availability
from bitewing.scheduling.period import PeriodStatus, SchedulingPeriod
from bitewing.scheduling.request import IS_WAITING, CaseDayRequest, RequestStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodFound:
    """What was found of a scheduling period, as it is now; what a fact does not name is ``None``.

    Attributes:
        practice: Who asks for a Case Day.
        clinician: Who says when they can work.
        run: The match run.
    """

    period: SchedulingPeriod
    care_team: CareTeam | None = None
    practice: Practice | None = None
    request: CaseDayRequest | None = None
    clinician: Clinician | None = None
    availability: Availability | None = None
    run: MatchRun | None = None


def is_still_so(fact: Fact, found: PeriodFound, *, reader: OrganizationKind, now: datetime) -> bool:
    """Whether what a fact says of a period is still so.

    Args:
        fact: What is told.
        found: What it is about.
        reader: On whose side it is read: practices are asked for requests, the others for availability.
        now: This moment.
    """
    still = _STILL.get(fact.name)
    return still is None or still(fact, found, reader, now)


def values_of(fact: Fact, found: PeriodFound) -> dict[str, Any]:
    """Return what the fields of templates say of a period, and of what is said for it."""
    period, detail, run, asked = found.period, fact.detail, found.run, found.request
    return {
        "period": period.name,
        "care_team": found.care_team.name if found.care_team is not None else "",
        "practice": found.practice.name if found.practice is not None else "",
        "first_on": period.first_on,
        "last_on": period.last_on,
        "availability_due_at": period.availability_due_at,
        "requests_due_at": period.requests_due_at,
        "clinician": found.clinician.name if found.clinician is not None else "",
        "on": asked.dates[0] if asked is not None else None,
        "proposed": detail.get("proposed"),
        # That none is unmatched needs no words.
        "unmatched": detail.get("unmatched") or None,
        "undecided": run.undecided if run is not None else None,
        "decide_by": run.decide_by if run is not None else None,
    }


# --- Whether it is still so -------------------------------------------------------------------------------------------

_Still = Callable[[Fact, PeriodFound, OrganizationKind, datetime], bool]


def _takes_answers(_: Fact, found: PeriodFound, reader: OrganizationKind, now: datetime) -> bool:
    if reader is OrganizationKind.PRACTICE:
        return found.period.takes_requests(now)
    return found.period.takes_availability(now)


def _takes_requests(_: Fact, found: PeriodFound, __: OrganizationKind, now: datetime) -> bool:
    return found.period.takes_requests(now)


def _is_open(_: Fact, found: PeriodFound, __: OrganizationKind, ___: datetime) -> bool:
    return found.period.is_open


def _moved(fact: Fact, found: PeriodFound, reader: OrganizationKind, now: datetime) -> bool:
    to = PeriodStatus(fact.detail["to"])
    is_asked = to is not PeriodStatus.COLLECTING or _takes_answers(fact, found, reader, now)
    return found.period.status is to and is_asked


def _is_as_said(fact: Fact, found: PeriodFound, _: OrganizationKind, __: datetime) -> bool:
    said = found.availability
    return said is not None and said.version == fact.detail["availability_version"]


def _is_missing(_: Fact, found: PeriodFound, __: OrganizationKind, now: datetime) -> bool:
    return found.availability is None and found.period.takes_availability(now)


def _is_requested(_: Fact, found: PeriodFound, __: OrganizationKind, ___: datetime) -> bool:
    return found.request is not None and found.request.status is RequestStatus.REQUESTED


def _waits(_: Fact, found: PeriodFound, __: OrganizationKind, ___: datetime) -> bool:
    return found.request is not None and found.request.status in IS_WAITING


def _request_moved(fact: Fact, found: PeriodFound, _: OrganizationKind, __: datetime) -> bool:
    return found.request is not None and found.request.status is RequestStatus(fact.detail["to"])


def _is_matched(_: Fact, found: PeriodFound, __: OrganizationKind, ___: datetime) -> bool:
    return found.run is not None and found.run.is_matching


def _is_undecided(_: Fact, found: PeriodFound, __: OrganizationKind, now: datetime) -> bool:
    run = found.run
    if run is None or run.status is not RunStatus.PROPOSED or run.decide_by is None:
        return False
    return run.undecided > 0 and now < run.decide_by


def _run_moved(fact: Fact, found: PeriodFound, _: OrganizationKind, __: datetime) -> bool:
    return found.run is not None and found.run.status is RunStatus(fact.detail["to"])


_STILL: Final[Mapping[str, _Still]] = {
    "PeriodOpened": _takes_answers,
    "PeriodChanged": _is_open,
    "PeriodMoved": _moved,
    "AvailabilitySubmitted": _is_as_said,
    "AvailabilityReviewed": _is_as_said,
    "CaseDayRequested": _is_requested,
    "CaseDayRequestChanged": _waits,
    "CaseDayRequestMoved": _request_moved,
    "MatchRunStarted": _is_matched,
    "MatchRunProposed": _is_undecided,
    "MatchRunReminded": _is_undecided,
    "MatchRunMoved": _run_moved,
    ReminderKind.AVAILABILITY_MISSING: _is_missing,
    ReminderKind.REQUESTS_DUE: _takes_requests,
}
