"""What a practice may change of a confirmed Case Day: criteria that are data, which a manager reads and changes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final


class ChangedField(StrEnum):
    """What a practice can change of a Case Day."""

    NOTE = "note"
    ARRIVAL = "arrival"
    CONTACT = "contact"
    ROOMS = "rooms"
    PATIENTS = "patients"
    STARTS_AT = "starts_at"
    MINUTES = "minutes"
    EXPECTED_PATIENTS = "expected_patients"
    KIND = "kind"
    ON = "on"


class Outcome(StrEnum):
    """What becomes of a change."""

    APPROVED = "approved"
    WAITS = "waits"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """What becomes of changes of a field.

    Attributes:
        up_to: How large a change is approved on its own: of the start, minutes earlier or later; of the length, minutes
            longer (shorter days are always within it); of other fields ``None``: all of them.
        outcome: What becomes of it within that.
        beyond: What becomes of it beyond that.
    """

    outcome: Outcome
    up_to: int | None = None
    beyond: Outcome = Outcome.WAITS


_APPROVED: Final = Criterion(outcome=Outcome.APPROVED)
_WAITS: Final = Criterion(outcome=Outcome.WAITS)
DEFAULT_CRITERIA: Final[Mapping[ChangedField, Criterion]] = {
    ChangedField.NOTE: _APPROVED,
    ChangedField.ARRIVAL: _APPROVED,
    ChangedField.CONTACT: _APPROVED,
    ChangedField.ROOMS: _APPROVED,
    ChangedField.PATIENTS: _APPROVED,
    ChangedField.STARTS_AT: Criterion(outcome=Outcome.APPROVED, up_to=60),
    ChangedField.MINUTES: Criterion(outcome=Outcome.APPROVED, up_to=0),
    ChangedField.EXPECTED_PATIENTS: _APPROVED,
    ChangedField.KIND: _WAITS,
    ChangedField.ON: _WAITS,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeCriteria:
    """The criteria of a care team.

    Attributes:
        of: By field; a field that is not named has the default.
        version: Counts up with each change; 0 before the first.
    """

    care_team_id: str
    of: Mapping[ChangedField, Criterion] = field(default_factory=dict)
    version: int = 0

    def criterion(self, changed: ChangedField) -> Criterion:
        """Return what holds for a field."""
        return self.of.get(changed, DEFAULT_CRITERIA[changed])

    def judge(self, changed: ChangedField, amount: int | None) -> Outcome:
        """Return what becomes of a change.

        Args:
            changed: The field.
            amount: How large the change is, in the unit of ``up_to``; ``None`` where it has no size.
        """
        criterion = self.criterion(changed)
        is_within = criterion.up_to is None or amount is None or amount <= criterion.up_to
        return criterion.outcome if is_within else criterion.beyond
