"""What people are reminded of, and when: of what is agreed before it comes, of what waits while it waits."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from bitewing.kernel.working_days import WorkingDays
from bitewing.notifications.fact import FactForm, form_of


class ReminderKind(StrEnum):
    """What people are reminded of."""

    SESSION_BEGINS = "session_begins"
    CASE_IS_RED = "case_is_red"
    SESSION_NOT_BOOKED = "session_not_booked"
    DRAFT_IDLE = "draft_idle"
    CASE_UNTOUCHED = "case_untouched"
    AVAILABILITY_MISSING = "availability_missing"
    REQUESTS_DUE = "requests_due"
    CASE_DAY_COMES = "case_day_comes"
    PATIENTS_MISSING = "patients_missing"
    ANSWER_MISSING = "answer_missing"


#: Of a reminder: by which lead it comes, as :attr:`Lead.code` writes it. The rules with that lead tell it.
LEAD: Final = "lead"
#: Of a reminder that a daily sweep finds: the day on whose morning the reader hears it, by the reader's clock.
MORNING_OF: Final = "morning_of"
_OF_CASE: Final = form_of(f"case_id practice_id lab_id {LEAD} {MORNING_OF}")
_OF_PERIOD: Final = form_of(f"period_id care_team_id {LEAD}")
_OF_DAY: Final = form_of(f"case_day_id care_team_id practice_id members on {LEAD}")
#: What reminders carry; rules of reminders can ask for none of it.
REMINDERS: Final[Mapping[str, FactForm]] = {
    ReminderKind.SESSION_BEGINS: form_of(f"case_id practice_id lab_id session_id starts_at {LEAD}"),
    ReminderKind.CASE_IS_RED: _OF_CASE,
    ReminderKind.SESSION_NOT_BOOKED: _OF_CASE,
    ReminderKind.DRAFT_IDLE: _OF_CASE,
    ReminderKind.CASE_UNTOUCHED: _OF_CASE,
    ReminderKind.AVAILABILITY_MISSING: form_of(f"period_id care_team_id clinician_id {LEAD}"),
    ReminderKind.REQUESTS_DUE: _OF_PERIOD,
    ReminderKind.CASE_DAY_COMES: _OF_DAY,
    ReminderKind.PATIENTS_MISSING: _OF_DAY,
    ReminderKind.ANSWER_MISSING: form_of(f"case_day_id care_team_id practice_id members on clinician_id {LEAD}"),
}
#: Reminders of what comes: each is set for its moment, and follows its subject. A daily sweep finds the others.
BEFORE: Final = frozenset(
    {
        *(ReminderKind.SESSION_BEGINS, ReminderKind.AVAILABILITY_MISSING, ReminderKind.REQUESTS_DUE),
        *(ReminderKind.CASE_DAY_COMES, ReminderKind.PATIENTS_MISSING, ReminderKind.ANSWER_MISSING),
    }
)


class LeadUnit(StrEnum):
    """In what a lead time is counted."""

    HOURS = "hours"
    DAYS = "days"
    WORKING_DAYS = "working_days"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lead:
    """How long before something comes, or after it began to wait, somebody is reminded.

    Attributes:
        amount: 1 or more.
        then_daily: Of what waits: on how many days in a row, the first among them.
        then_every_days: And then again after each so many days, as long as it waits; 0 for never.
    """

    amount: int
    unit: LeadUnit
    then_daily: int = 1
    then_every_days: int = 0

    @property
    def code(self) -> str:
        """Return what it is called in facts, such as ``24_hours`` or ``1_days_then_3_3``: each lead has its own."""
        usual = f"{self.amount}_{self.unit.value}"
        is_repeated = (self.then_daily, self.then_every_days) != (1, 0)
        return f"{usual}_then_{self.then_daily}_{self.then_every_days}" if is_repeated else usual

    def before(self, at: datetime) -> datetime:
        """Return the moment that is so long before another: hours and days of 24 hours."""
        hours = self.amount if self.unit is LeadUnit.HOURS else self.amount * 24
        return at - timedelta(hours=hours)

    def is_due_on(self, on: date, *, since: date, working_days: WorkingDays | None = None) -> bool:
        """Whether somebody is reminded on a day of what waits.

        It follows from the days alone: asked twice for a day, or later for a day that was missed, it says the same.

        Args:
            on: The day, where the reader is.
            since: The day on which it began to wait.
            working_days: Of whoever works on it; without them every day is one.
        """
        first = self._first(since, working_days)
        days = (on - first).days
        if days < self.then_daily:
            return days >= 0
        return self.then_every_days > 0 and (days - self.then_daily + 1) % self.then_every_days == 0

    def _first(self, since: date, working_days: WorkingDays | None) -> date:
        if self.unit is LeadUnit.WORKING_DAYS and working_days is not None:
            return working_days.after(since, self.amount)
        return since + timedelta(days=self.amount)
