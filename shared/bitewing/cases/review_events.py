"""What lab and practice say of cases, told to whoever listens on the bus.

Apart from the other events of cases, so that a start of what only sends cases does not define them.
"""

from dataclasses import dataclass
from datetime import datetime

from bitewing.cases.events import CaseEvent
from bitewing.cases.reasons import Reason
from bitewing.cases.status import Party, Status
from bitewing.files.kinds import FileKind
from bitewing.requirements.case_types import CaseType


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseReturned(CaseEvent):
    """A lab gave a case back, with reasons.

    Attributes:
        to: ``returned`` or ``missing_info``.
        submission_number: The sending that came back, 1 for the first.
        submitted_at: When that sending was stored.
        sent_by: On whose side the sender stood.
        is_first_pass: Whether it was the first sending that the lab received, of a case that its practice sent first.
        first_sent_at: When the case was sent first.
        return_number: 1 for the first return of the case.
        reasons: Codes of the reasons.
        rule_ids: The rules that check for what the reasons say.
    """

    case_type: CaseType
    to: Status
    submission_number: int
    submitted_at: datetime
    sent_by: Party
    is_first_pass: bool
    first_sent_at: datetime
    return_number: int
    reasons: tuple[Reason, ...]
    rule_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnReasonAnswered(CaseEvent):
    """A practice answered one of the reasons for which its case came back.

    Attributes:
        return_number: 1 for the first return of the case.
        reason_id: The reason, within that return.
    """

    return_number: int
    reason_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseNoted(CaseEvent):
    """Somebody added a note to a case.

    Attributes:
        by: On whose side it was written.
    """

    note_id: str
    by: Party


@dataclass(frozen=True, slots=True, kw_only=True)
class SentOtherwiseArrived(CaseEvent):
    """Something that a practice sent another way than as an upload arrived at the lab.

    Attributes:
        kind: What arrived.
    """

    kind: FileKind
