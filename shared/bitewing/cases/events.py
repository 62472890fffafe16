"""What happens to cases, told to whoever listens on the bus."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from bitewing.cases.case import Case
from bitewing.cases.status import Party, Status
from bitewing.kernel.events import EventOfCase
from bitewing.kernel.ids import new_id
from bitewing.kernel.wire import CASES_SOURCE
from bitewing.precheck.finding import Outcome
from bitewing.requirements.case_types import CaseType


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseEvent(EventOfCase):
    """A fact about a case.

    Attributes:
        case_version: The version after the change; changes of one case are totally ordered by it.
    """

    SOURCE: ClassVar[str] = CASES_SOURCE

    case_version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseCreated(CaseEvent):
    """Somebody started a case: its practice, or a lab for work that arrived outside the system."""

    case_type: CaseType
    started_by: Party


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseChanged(CaseEvent):
    """The packet of a case was changed, or before its first sending its lab, its dentist or its type.

    Attributes:
        fields: Names of the fields that changed, not their values.
    """

    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseSubmitted(CaseEvent):
    """A case was sent to its lab, by its practice or by the lab that prepared it.

    Attributes:
        submission_number: 1 for the first sending.
        sent_by: On whose side the sender stands: a lab takes in what it started itself.
        rules_fired: The rules that found something while this sending was prepared, whether or not it was mended.
        acknowledged: The rules whose warnings the case was sent with.
    """

    case_type: CaseType
    submission_number: int
    sent_by: Party
    rules_fired: tuple[str, ...]
    acknowledged: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseMoved(CaseEvent):
    """A case moved along its lifecycle.

    Attributes:
        origin: The status before the move.
        to: The status after it.
    """

    origin: Status
    to: Status
    by: Party


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldCaseWentOn(CaseEvent):
    """The files of a paused case reached its lab, or failed to: its status stays.

    Attributes:
        comes_back_to: The status that it has when it is released.
    """

    comes_back_to: Status


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRemade(CaseEvent):
    """A practice started a case that replaces this one, at this lab or at another; this one says which."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseArchived(CaseEvent):
    """One side took a case off its list; nothing else of the case changed, and its version stays.

    Attributes:
        by: Whose list it is.
    """

    by: Party


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseUnarchived(CaseEvent):
    """One side brought a case back on its list; nothing else of the case changed, and its version stays.

    Attributes:
        by: Whose list it is.
    """

    by: Party


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseChecked(CaseEvent):
    """PreCheck ran although nobody changed the case, and its outcome is another than before.

    Attributes:
        rule_ids: The rules that found something.
    """

    outcome: Outcome
    rule_ids: tuple[str, ...]


def event_head(case: Case, *, at: datetime) -> dict[str, Any]:
    """Return what every event of a case begins with."""
    return {
        "event_id": new_id(at),
        "occurred_at": at,
        "case_id": case.case_id,
        "practice_id": case.practice_id,
        "lab_id": case.lab_id,
        "case_version": case.version,
    }
