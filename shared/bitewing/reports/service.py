"""Counting what is told of cases, and reading the report."""

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final, Protocol

from bitewing.directory.organization import Lab
from bitewing.kernel.caller import LAB_ROLES, Caller, OrganizationKind, Role
from bitewing.kernel.errors import FieldError, InvalidInput, RoleNotAllowed, Unknown
from bitewing.precheck.not_for_labs import NOT_FOR_LABS
from bitewing.reports.rule_report import Counts, Increment, RuleReport, increments_of, month_of, report
from bitewing.requirements.case_types import CaseType

if TYPE_CHECKING:
    # Who counts has an event, and with it these; who reads the report starts without them.
    from bitewing.cases.events import CaseSubmitted
    from bitewing.cases.review_events import CaseReturned

#: The longest time that one report tells of, months.
MAX_MONTHS: Final = 24
#: What a report tells of where nobody says from when, months.
USUAL_MONTHS: Final = 12
MONTH_PATTERN: Final = r"^2[0-9]{3}-(0[1-9]|1[0-2])$"


class RuleCounts(Protocol):
    """Where the counts are kept."""

    def add(self, increment: Increment, *, at: datetime) -> bool:
        """Count something of its lab and of all labs, unless it was counted before.

        Returns:
            Whether it was new.
        """

    def of_months(
        self, lab_id: str | None, months: Sequence[str], case_types: Sequence[CaseType]
    ) -> tuple[Counts, ...]:
        """Return what was counted of a lab, or of all where it is ``None``; nothing for where nothing was."""


class Labs(Protocol):
    """The part of the directory that says which labs there are."""

    def lab(self, lab_id: str) -> Lab | None:
        """Return a lab."""


class CountingService:
    """Counts events; each once, in whatever order they come."""

    def __init__(self, counts: RuleCounts, *, now: Callable[[], datetime]) -> None:
        self._counts, self._now = counts, now

    def count(self, event: "CaseSubmitted | CaseReturned") -> bool:
        """Count a sending or its coming back, and say whether something of it was new.

        Raises:
            RequestInProgress: Others count the same at this moment.
        """
        # Each, whatever came of the one before: an interrupted count is taken up where it ended.
        new = [self._counts.add(increment, at=self._now()) for increment in increments_of(event)]
        return any(new)


class ReportService:
    """What labs and the platform read of how well rules work."""

    def __init__(self, counts: RuleCounts, labs: Labs, *, now: Callable[[], datetime]) -> None:
        self._counts, self._labs, self._now = counts, labs, now

    def of_lab(
        self, caller: Caller, lab_id: str, *, from_month: str | None, to_month: str | None, case_type: CaseType | None
    ) -> RuleReport:
        """Return the report of one lab, to its own people and to the platform.

        The lab hears nothing of the rules about the practice itself.

        Raises:
            RoleNotAllowed: The caller works neither in a lab nor for the platform.
            Unknown: It is another lab than the caller's, or there is none.
            InvalidInput: The months are none, not in order, or too many.
        """
        is_platform = _is_platform(caller)
        if not is_platform:
            if caller.organization_kind is not OrganizationKind.LAB or not caller.roles & LAB_ROLES:
                raise RoleNotAllowed({*LAB_ROLES, Role.PLATFORM_ADMIN})
            if caller.organization_id != lab_id:
                raise Unknown("lab")
        months = self._months(from_month, to_month)
        if self._labs.lab(lab_id) is None:
            raise Unknown("lab")
        return self._report(lab_id, months, case_type, untold=frozenset() if is_platform else NOT_FOR_LABS)

    def of_all(
        self, caller: Caller, *, from_month: str | None, to_month: str | None, case_type: CaseType | None
    ) -> RuleReport:
        """Return the report of all labs together, to the platform.

        Raises:
            RoleNotAllowed: The caller does not work for the platform.
            InvalidInput: The months are none, not in order, or too many.
        """
        if not _is_platform(caller):
            raise RoleNotAllowed({Role.PLATFORM_ADMIN})
        return self._report(None, self._months(from_month, to_month), case_type, untold=frozenset())

    def _report(
        self, lab_id: str | None, months: Sequence[str], case_type: CaseType | None, *, untold: frozenset[str]
    ) -> RuleReport:
        counts = self._counts.of_months(lab_id, months, [case_type] if case_type else list(CaseType))
        return report(counts, lab_id=lab_id, from_month=months[0], to_month=months[-1], untold=untold)

    def _months(self, from_month: str | None, to_month: str | None) -> tuple[str, ...]:
        last = _number("to", to_month or month_of(self._now()))
        first = last - USUAL_MONTHS + 1 if from_month is None else _number("from", from_month)
        if first > last:
            raise InvalidInput(FieldError("from", "The first month is after the last one."))
        if last - first >= MAX_MONTHS:
            raise InvalidInput(FieldError("from", f"A report tells of {MAX_MONTHS} months at most."))
        return tuple(f"{number // 12:04d}-{number % 12 + 1:02d}" for number in range(first, last + 1))


def _is_platform(caller: Caller) -> bool:
    return caller.organization_kind is OrganizationKind.PLATFORM and Role.PLATFORM_ADMIN in caller.roles


def _number(parameter: str, month: str) -> int:
    if not re.fullmatch(MONTH_PATTERN, month, re.ASCII):
        raise InvalidInput(FieldError(parameter, "This must be a month, such as 2026-03."))
    year, of_year = month.split("-")
    return int(year) * 12 + int(of_year) - 1
