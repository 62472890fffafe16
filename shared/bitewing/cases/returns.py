"""A return: the lab gives a case back with reasons, and the practice deals with them one by one."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING

from bitewing.cases.reasons import Reason, rules_that_check
from bitewing.cases.status import Status
from bitewing.kernel.errors import Unknown

if TYPE_CHECKING:
    from bitewing.files.case_file import CaseFile


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the practice did about a reason.

    Attributes:
        says: What was done, in words; may be empty where the change speaks for itself.
        by: The person who answered.
    """

    says: str
    at: datetime
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnReason:
    """One reason why a case came back.

    Attributes:
        reason_id: ``"1"``, ``"2"`` and so on, within its return.
        says: The lab's sentence.
        rule_id: The PreCheck rule that it is about, where there is one.
        file_id: The file that it is about, where there is one.
        answer: What the practice did about it; ``None`` until it was dealt with.
    """

    reason_id: str
    code: Reason
    says: str
    rule_id: str | None = None
    file_id: str | None = None
    answer: Answer | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Return:
    """One coming back of a case.

    Attributes:
        number: 1 for the first return of the case, counting up.
        to: ``returned``, or ``missing_info`` where only files or details must be added.
        submission_number: The sending that came back.
        by: The person of the lab.
        due_on: When the case was due until then, for labs that keep the clock running; ``None`` where it was not.
    """

    number: int
    to: Status
    submission_number: int
    at: datetime
    by: str
    reasons: tuple[ReturnReason, ...]
    due_on: date | None = None

    @property
    def rule_ids(self) -> tuple[str, ...]:
        """Return the rules that check for what the reasons say: those that were named, and those of the codes."""
        named = {reason.rule_id for reason in self.reasons if reason.rule_id}
        return tuple(sorted(named | set(rules_that_check(reason.code for reason in self.reasons))))

    def open_reasons(self, files: "Iterable[CaseFile]") -> tuple[ReturnReason, ...]:
        """Return the reasons that are not dealt with: not answered, and their file neither removed nor replaced."""
        gone = {file.file_id for file in files if file.is_gone}
        return tuple(reason for reason in self.reasons if reason.answer is None and reason.file_id not in gone)

    def answered(self, reason_id: str, answer: Answer) -> "Return":
        """Return the return with an answer to one of its reasons; an earlier answer is replaced.

        Raises:
            Unknown: The return has no such reason.
        """
        if all(reason.reason_id != reason_id for reason in self.reasons):
            raise Unknown("reason")
        return replace(
            self,
            reasons=tuple(
                replace(reason, answer=answer) if reason.reason_id == reason_id else reason for reason in self.reasons
            ),
        )
