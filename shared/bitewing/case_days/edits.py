"""What becomes of the changes that somebody makes to a Case Day: which apply at once, wait, or are refused."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from bitewing.case_days.case_day import CaseDay
from bitewing.case_days.changes import ChangeCriteria, ChangedField, ChangeOutcome, DayEdit
from bitewing.case_days.patients import DayPatient, ensure_fits, minute_of
from bitewing.case_days.status import DayParty, DayStatus
from bitewing.case_days.values import is_over
from bitewing.kernel.errors import FieldError, InvalidInput

_OF_DETAILS: Final = frozenset({ChangedField.ARRIVAL, ChangedField.ROOMS, ChangedField.CONTACT})
#: What decides whether patients fit into a day, or its team is for them: its date, too, for clocks change.
_OF_PATIENTS: Final = frozenset(
    {ChangedField.ON, ChangedField.STARTS_AT, ChangedField.MINUTES, ChangedField.ROOMS, ChangedField.KIND}
)
#: After a change of these the practice confirms the details anew.
_CONFIRMED_ANEW: Final = frozenset({ChangedField.STARTS_AT, ChangedField.MINUTES})


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedEdit:
    """What becomes of a practice's edit.

    Attributes:
        applied: What changes at once.
        waits: What a manager decides.
        refused: Why, by field, what is not taken.
    """

    applied: DayEdit
    waits: DayEdit
    refused: Mapping[str, str]


def judged(day: CaseDay, edit: DayEdit, criteria: ChangeCriteria, *, now: datetime) -> JudgedEdit:
    """Return what becomes of a practice's edit of a day.

    A confirmed day is changed by the criteria of its care team. While a day is tentative, all is applied but what
    decides about its team, or is longer than was asked for: that waits for the manager.
    """
    edit = really(day, edit)
    outcomes = {each: _outcome(day, each, value, criteria) for each, value in edit.values()}
    refused = {
        each.value: "The care team does not take this change by itself."
        for each, outcome in outcomes.items()
        if outcome is ChangeOutcome.REFUSED
    }
    when = edit.only({ChangedField.ON, ChangedField.STARTS_AT})
    if is_over(replace(day, on=when.on or day.on, starts_at=when.starts_at or day.starts_at), now=now):
        refused |= dict.fromkeys((each.value for each in when.fields), "This time is over.")
    return JudgedEdit(
        applied=edit.only({each for each, outcome in outcomes.items() if outcome is ChangeOutcome.APPROVED}),
        waits=edit.only({each for each, outcome in outcomes.items() if outcome is ChangeOutcome.WAITS}),
        refused=refused,
    )


def really(day: CaseDay, edit: DayEdit) -> DayEdit:
    """Return what of an edit differs from the day."""
    return edit.only({each for each, value in edit.values() if value != _now(day, each)})


def applied(day: CaseDay, edit: DayEdit, *, by: DayParty) -> CaseDay:
    """Return the next version of a day, with an edit of anything but its date."""
    values: dict[str, Any] = {
        each.value: value for each, value in edit.values() if each not in {*_OF_DETAILS, ChangedField.ON}
    }
    details = {each.value: value for each, value in edit.values() if each in _OF_DETAILS}
    if details:
        values["details"] = replace(day.details, **details)
    if _CONFIRMED_ANEW & set(edit.fields):
        values |= {"practice_confirmed_at": None, "practice_confirmed_by": None}
    after = day.changed(**values)
    # What a manager says is agreed; what a practice may change by itself is measured from there.
    is_agreed = by is DayParty.MANAGER and day.status is DayStatus.CONFIRMED
    return replace(after, agreed=after.hours) if is_agreed else after


def ensure_patients_fit(day: CaseDay, edit: DayEdit, patients: Iterable[DayPatient]) -> None:
    """Refuse an edit after which patients who are assigned would not fit into a day any more.

    Args:
        day: As it is after the edit, on its new date.
        edit: The edit.
        patients: All who are assigned.

    Raises:
        InvalidInput: It is so; says nothing of the patients.
    """
    if not (changed := [each for each in edit.fields if each in _OF_PATIENTS]):
        return
    known = tuple(patients)
    for patient in known:
        others = tuple(each for each in known if each is not patient)
        try:
            ensure_fits(patient, others, day)
        except InvalidInput as error:
            says = "Patients who are assigned would not fit any more: move or remove them first."
            raise InvalidInput(*(FieldError(f"/{each}", says) for each in changed)) from error


def decides_about_patients(edit: DayEdit) -> bool:
    """Whether patients have to be looked at before an edit is applied."""
    return bool(_OF_PATIENTS & set(edit.fields))


def _now(day: CaseDay, changed: ChangedField) -> Any:
    return getattr(day.details if changed in _OF_DETAILS else day, changed.value)


def _outcome(day: CaseDay, changed: ChangedField, value: Any, criteria: ChangeCriteria) -> ChangeOutcome:
    if day.status is DayStatus.CONFIRMED:
        return criteria.judge(changed, _amount(day, changed, value))
    is_longer = changed is ChangedField.MINUTES and value > day.minutes
    return (
        ChangeOutcome.WAITS if is_longer or changed in {ChangedField.ON, ChangedField.KIND} else ChangeOutcome.APPROVED
    )


def _amount(day: CaseDay, changed: ChangedField, value: Any) -> int | None:
    """Return how large a change is against what the manager agreed to: many small ones are one large one."""
    agreed = day.agreed or day.hours
    if changed is ChangedField.STARTS_AT:
        return abs(minute_of(value) - minute_of(agreed.starts_at))
    return value - agreed.minutes if changed is ChangedField.MINUTES else None
