"""What becomes of a file once its bytes were looked at: kept, or quarantined with a reason."""

from enum import StrEnum

from bitewing.files.accepted import accepts
from bitewing.files.inspection import Inspection
from bitewing.files.kinds import FileKind


class Verdict(StrEnum):
    """What an inspection decided; workflows hold this and ids, nothing else."""

    CLEAN = "clean"
    QUARANTINE = "quarantine"
    #: The file was settled or removed before; there is nothing to decide.
    SETTLED = "settled"


class QuarantineReason(StrEnum):
    """Why a file is set aside."""

    OTHER_SIZE = "other_size"
    OTHER_BYTES = "other_bytes"
    UNUSABLE = "unusable"
    NOT_ACCEPTED = "not_accepted"
    NOT_INSPECTED = "not_inspected"


def judge(kind: FileKind, inspection: Inspection) -> QuarantineReason | None:
    """Return why a file of this kind with this content cannot be kept, or ``None`` where it can."""
    if inspection.problems:
        return QuarantineReason.UNUSABLE
    if not accepts(kind, inspection.format):
        return QuarantineReason.NOT_ACCEPTED
    return None


def sentence(reason: QuarantineReason, kind: FileKind, inspection: Inspection | None) -> str:
    """Return the reason as a sentence for a person."""
    match reason:
        case QuarantineReason.OTHER_SIZE:
            return "The file that arrived has another size than was announced."
        case QuarantineReason.OTHER_BYTES:
            return "The bytes that arrived are not those that were announced: the SHA-256 differs."
        case QuarantineReason.NOT_INSPECTED:
            return "The file could not be inspected; upload it again, and contact support if this repeats."
        case QuarantineReason.UNUSABLE:
            problems = inspection.problems if inspection else ()
            return " ".join(problem.says for problem in problems)
        case _:
            found = inspection.format if inspection else "unknown"
            return f"The content is '{found}', which is not accepted as '{kind}'."
