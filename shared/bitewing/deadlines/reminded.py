"""What people are reminded of before it comes: planning sessions, answers for a period, Case Days."""

from collections.abc import Iterator

from bitewing.case_days.case_day import CaseDay
from bitewing.case_days.status import DayStatus
from bitewing.kernel.moments import rfc3339
from bitewing.notifications.coming import Coming, Subject
from bitewing.notifications.reminder import ReminderKind
from bitewing.planning.session import PlanningSession, SessionState
from bitewing.scheduling.period import PeriodStatus, SchedulingPeriod


def session_ahead(session: PlanningSession) -> Subject:
    """Return a planning session as people are reminded of it, while it is booked."""
    comes = Coming(kind=ReminderKind.SESSION_BEGINS, comes_at=session.starts_at)
    return Subject(
        subject_id=session.session_id,
        coming=(comes,) if session.state is SessionState.BOOKED else (),
        detail={
            "case_id": session.case_id,
            "practice_id": session.practice_id,
            "lab_id": session.lab_id,
            "session_id": session.session_id,
            "starts_at": rfc3339(session.starts_at),
        },
    )


def period_ahead(period: SchedulingPeriod) -> Subject:
    """Return a period as people are reminded of it, while it collects what they have to say."""
    return Subject(
        subject_id=period.period_id,
        coming=tuple(_of_period(period)),
        detail={"period_id": period.period_id, "care_team_id": period.care_team_id},
        care_team_id=period.care_team_id,
    )


def _of_period(period: SchedulingPeriod) -> Iterator[Coming]:
    if period.status is PeriodStatus.COLLECTING:
        yield Coming(kind=ReminderKind.AVAILABILITY_MISSING, comes_at=period.availability_due_at)
    if period.is_open:
        yield Coming(kind=ReminderKind.REQUESTS_DUE, comes_at=period.requests_due_at)


def day_ahead(day: CaseDay) -> Subject:
    """Return a Case Day as people are reminded of it: who owes an answer, and everybody once it is confirmed."""
    return Subject(
        subject_id=day.case_day_id,
        coming=tuple(_of_day(day)),
        detail={
            "case_day_id": day.case_day_id,
            "care_team_id": day.care_team_id,
            "practice_id": day.practice_id,
            "members": sorted(each.clinician_id for each in day.team),
            "on": day.on.isoformat(),
        },
        # It still comes: all patients can be taken off the day again.
        needless=frozenset({ReminderKind.PATIENTS_MISSING}) if day.patients else frozenset(),
        care_team_id=day.care_team_id,
    )


def _of_day(day: CaseDay) -> Iterator[Coming]:
    for member in day.unanswered:
        yield Coming(kind=ReminderKind.ANSWER_MISSING, comes_at=member.answer_due_at, clinician_id=member.clinician_id)
    if day.status is DayStatus.CONFIRMED:
        yield Coming(kind=ReminderKind.CASE_DAY_COMES, comes_at=day.begins_at)
        yield Coming(kind=ReminderKind.PATIENTS_MISSING, comes_at=day.begins_at)
