"""The availability of one clinician in a period, and what a manager says of it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from bitewing.care_teams.clinician import Clinician, Limits
from bitewing.kernel.errors import FieldError, InvalidInput
from bitewing.scheduling.period import SchedulingPeriod


class AvailabilityState(StrEnum):
    """What became of an availability."""

    SUBMITTED = "submitted"
    APPROVED = "approved"
    NEEDS_CHANGES = "needs_changes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Days in a row on which somebody can work, both ends among them."""

    first: date
    last: date

    def has(self, day: date) -> bool:
        """Whether a day is in it."""
        return self.first <= day <= self.last


@dataclass(frozen=True, slots=True, kw_only=True)
class Availability:
    """When a clinician can work in a period.

    Attributes:
        windows: In their order, none over another.
        limits: How much, at most; where the clinician's record says less, that counts.
        target_days: How many days the clinician would like to have; ``None``: as many as come.
        preferred_practices: Where the clinician likes to go, by id.
        blocked_practices: Where the clinician does not go, by id.
        note: For the manager.
        feedback: What the manager asks to be changed; empty where nothing.
        version: Counts up with each change.
    """

    period_id: str
    care_team_id: str
    clinician_id: str
    windows: tuple[Window, ...]
    limits: Limits
    submitted_at: datetime
    target_days: int | None = None
    preferred_practices: frozenset[str] = frozenset()
    blocked_practices: frozenset[str] = frozenset()
    note: str = ""
    state: AvailabilityState = AvailabilityState.SUBMITTED
    feedback: str = ""
    reviewed_at: datetime | None = None
    reviewed_by: str | None = None
    version: int = 1

    def has(self, day: date) -> bool:
        """Whether the clinician can work on a day."""
        return any(window.has(day) for window in self.windows)

    def in_order(self) -> "Availability":
        """Return the availability with its windows in their order."""
        return replace(self, windows=tuple(sorted(self.windows, key=lambda each: each.first)))

    def reviewed(self, to: AvailabilityState, *, feedback: str, by: str, at: datetime) -> "Availability":
        """Return the availability as a manager has reviewed it.

        Raises:
            InvalidInput: Changes are asked for without a word, what is approved is to be changed, or nothing is said.
        """
        if to is AvailabilityState.SUBMITTED:
            raise InvalidInput(FieldError("/to", "A review approves, or asks for changes."))
        if to is AvailabilityState.NEEDS_CHANGES and not feedback.strip():
            raise InvalidInput(FieldError("/feedback", "Say what to change."))
        if to is AvailabilityState.APPROVED and feedback:
            raise InvalidInput(FieldError("/feedback", "What is approved needs no change: leave this out."))
        return replace(self, state=to, feedback=feedback, reviewed_at=at, reviewed_by=by, version=self.version + 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class LicenseWarning:
    """That a clinician cannot work in a state for a part of a period.

    Attributes:
        state: Two letters.
        from_on: The first day of the period without a valid license.
    """

    state: str
    from_on: date


def license_warnings(clinician: Clinician, period: SchedulingPeriod) -> Iterator[LicenseWarning]:
    """Yield the states of a period for which a clinician has a license that lapses in the period, or before it.

    States for which the clinician never had a license are none of theirs.
    """
    for state in sorted(period.states):
        expires_on = max((each.expires_on for each in clinician.licenses if each.state == state), default=None)
        if expires_on is not None and expires_on < period.last_on:
            yield LicenseWarning(state=state, from_on=max(expires_on + timedelta(days=1), period.first_on))


def ensure_availability(availability: Availability, period: SchedulingPeriod) -> None:
    """Refuse an availability that says two things at once, or nothing of the period.

    Raises:
        InvalidInput: Windows end before they begin, lie over each other or outside the period, or a practice is
            both preferred and blocked.
    """
    if errors := tuple(_wrong(availability, period)):
        raise InvalidInput(*errors)


def _wrong(availability: Availability, period: SchedulingPeriod) -> Iterator[FieldError]:
    for number, window in enumerate(availability.windows):
        if window.last < window.first:
            yield FieldError(f"/windows/{number}/last", "Days end on their first one or later.")
        elif not period.has(window.first) or not period.has(window.last):
            says = f"The period is from {period.first_on.isoformat()} to {period.last_on.isoformat()}."
            yield FieldError(f"/windows/{number}", says)
    by_time = sorted(enumerate(availability.windows), key=lambda each: (each[1].first, each[1].last))
    until: date | None = None
    for number, window in by_time:
        if until is not None and window.first <= until:
            yield FieldError(f"/windows/{number}", "These days overlap others.")
        until = window.last if until is None else max(until, window.last)
    if availability.preferred_practices & availability.blocked_practices:
        yield FieldError("/blocked_practices", "A practice cannot be preferred and blocked.")
