"""What a practice may change of a confirmed Case Day: criteria that are data, which a manager reads and changes."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Any, Final

from bitewing.care_teams.patient_kinds import PatientKind
from bitewing.kernel.errors import FieldError, InvalidInput


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


#: What of a day its team was asked for: also while it is tentative its members are told of these.
ASKED_FOR: Final = frozenset({ChangedField.STARTS_AT, ChangedField.MINUTES, ChangedField.KIND, ChangedField.ON})
#: What has a size, minutes.
_SIZED: Final = frozenset({ChangedField.STARTS_AT, ChangedField.MINUTES})
#: What decides who can be on the team.
_JUDGED_ANEW: Final = frozenset({ChangedField.KIND, ChangedField.ON})


@dataclass(frozen=True, slots=True, kw_only=True)
class DayEdit:
    """What somebody changes of a Case Day; what is ``None`` stays as it is.

    Attributes:
        rooms: 1 or more; 0: as the site says.
    """

    note: str | None = None
    arrival: str | None = None
    contact: str | None = None
    rooms: int | None = None
    starts_at: str | None = None
    minutes: int | None = None
    expected_patients: int | None = None
    kind: PatientKind | None = None
    on: date | None = None

    def values(self) -> Iterator[tuple[ChangedField, Any]]:
        """Yield each field that is changed, with its new value, in the order of the fields."""
        for each in ChangedField:
            # Patients are changed one by one, not with the day.
            value = None if each is ChangedField.PATIENTS else getattr(self, each)
            if value is not None:
                yield each, value

    @property
    def fields(self) -> tuple[ChangedField, ...]:
        """Return what is changed."""
        return tuple(each for each, _ in self.values())

    def only(self, fields: Collection[ChangedField]) -> "DayEdit":
        """Return the changes of some fields."""
        return DayEdit(**{each.value: value for each, value in self.values() if each in fields})

    def over(self, earlier: "DayEdit") -> "DayEdit":
        """Return both, with these values where both change a field."""
        return replace(earlier, **{each.value: value for each, value in self.values()})


class ChangeOutcome(StrEnum):
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

    outcome: ChangeOutcome
    up_to: int | None = None
    beyond: ChangeOutcome = ChangeOutcome.WAITS


_APPROVED: Final = Criterion(outcome=ChangeOutcome.APPROVED)
_WAITS: Final = Criterion(outcome=ChangeOutcome.WAITS)
DEFAULT_CRITERIA: Final[Mapping[ChangedField, Criterion]] = {
    ChangedField.NOTE: _APPROVED,
    ChangedField.ARRIVAL: _APPROVED,
    ChangedField.CONTACT: _APPROVED,
    ChangedField.ROOMS: _APPROVED,
    ChangedField.PATIENTS: _APPROVED,
    ChangedField.STARTS_AT: Criterion(outcome=ChangeOutcome.APPROVED, up_to=60),
    ChangedField.MINUTES: Criterion(outcome=ChangeOutcome.APPROVED, up_to=0),
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

    def judge(self, changed: ChangedField, amount: int | None) -> ChangeOutcome:
        """Return what becomes of a change.

        Args:
            changed: The field.
            amount: How large the change is, in the unit of ``up_to``; ``None`` where it has no size.
        """
        criterion = self.criterion(changed)
        is_within = criterion.up_to is None or amount is None or amount <= criterion.up_to
        return criterion.outcome if is_within else criterion.beyond


def ensure_criteria(criteria: ChangeCriteria) -> None:
    """Refuse criteria that could not be kept.

    Raises:
        InvalidInput: A field has a limit and no size, another date or kind of patients would need no manager, or
            changes of patients would wait for one.
    """
    if errors := tuple(_wrong(criteria)):
        raise InvalidInput(*errors)


def _wrong(criteria: ChangeCriteria) -> Iterator[FieldError]:
    for changed, criterion in criteria.of.items():
        outcomes = {"outcome": criterion.outcome, "beyond": criterion.beyond}
        if criterion.up_to is not None and changed not in _SIZED:
            yield FieldError(f"/of/{changed}/up_to", "Changes of this have no size.")
        elif criterion.up_to is not None and criterion.up_to < 0:
            yield FieldError(f"/of/{changed}/up_to", "This is 0 or more minutes.")
        if criterion.up_to is None:
            # Nothing is beyond no limit.
            del outcomes["beyond"]
        for name, outcome in outcomes.items():
            if changed in _JUDGED_ANEW and outcome is ChangeOutcome.APPROVED:
                yield FieldError(f"/of/{changed}/{name}", "The team is judged anew for this: a manager decides.")
            if changed is ChangedField.PATIENTS and outcome is ChangeOutcome.WAITS:
                yield FieldError(f"/of/{changed}/{name}", "Changes of patients cannot wait: approve or refuse them.")
