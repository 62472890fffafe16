"""What a lab reads of a case while its practice changes it: the packet and the files as they were sent."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bitewing.cases.case import Case
from bitewing.cases.reasons import Reason
from bitewing.packet.packet import Packet

if TYPE_CHECKING:
    from bitewing.files.case_file import CaseFile


@dataclass(frozen=True, slots=True, kw_only=True)
class SentPacket:
    """What a case was sent with, kept from its first change after that sending on.

    Attributes:
        submission_number: The sending.
    """

    submission_number: int
    packet: Packet
    remake_of: str | None
    remake_reason: str | None
    remake_code: Reason | None

    @classmethod
    def of(cls, case: Case) -> "SentPacket":
        """Return what a case says now, as what its last sending said."""
        return cls(
            submission_number=case.submission.number if case.submission else 0,
            packet=case.packet,
            remake_of=case.remake_of,
            remake_reason=case.remake_reason,
            remake_code=case.remake_code,
        )


def left_behind(case: Case) -> SentPacket | None:
    """Return what is to be kept when somebody changes a case: at the first change after a sending."""
    return SentPacket.of(case) if case.is_sent and not case.is_changed_since_sent else None


def case_as_sent(case: Case, sent: SentPacket) -> Case:
    """Return a case as its lab goes on to read it."""
    return replace(
        case,
        packet=sent.packet,
        remake_of=sent.remake_of,
        remake_reason=sent.remake_reason,
        remake_code=sent.remake_code,
        is_changed_since_sent=False,
        is_packet_changed=False,
    )


def files_as_sent(case: Case, files: "Iterable[CaseFile]") -> "tuple[CaseFile, ...]":
    """Return the files that the lab of a case got, as they were when it got them last."""
    number = case.submission.number if case.submission else 0
    return tuple(file.as_sent_in(number) for file in files if file.handed_over_in is not None)
