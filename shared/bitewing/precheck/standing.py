"""Which files stand for what is wanted, so that one cause is reported once.

A file that is set aside is reported once:

- where nothing else of its kind is here, as unreadable (FIL-UNREADABLE) or of a wrong format (FIL-FORMAT).
  The finding blocks and says to replace it; that its kind is missing is then not said again (FIL-REQUIRED);
- where another file of its kind is here or on its way, or its kind arrived another way than as an upload, as
  still listed (FIL-QUARANTINED), which only warns.

A pending file likewise stands for its kind, because FIL-PENDING holds the case until it is settled; an upload that
was abandoned stands for nothing. Where a lab lowers or silences one of these rules, its files no longer stand for
anything, and the kind is missing.

What is sent another way than as an upload fulfills its kind once the lab marked it as arrived. Until then the
rules that miss the kind only warn, and say that it is on its way.
"""

from bitewing.files.accepted import accepts
from bitewing.files.case_file import CaseFile, FileState
from bitewing.files.kinds import FileKind
from bitewing.packet.packet import SentOtherwise
from bitewing.precheck.checked_case import CheckedCase
from bitewing.precheck.finding import Outcome


def needed(checked: CheckedCase) -> tuple[CaseFile, ...]:
    """Return the quarantined files of whose kind nothing else is here, nor another file on its way."""
    here = {file.kind for file in (*checked.clean_files, *on_their_way(checked))}
    here |= arrived_otherwise(checked)
    return tuple(file for file in _quarantined(checked) if file.kind not in here)


def on_their_way(checked: CheckedCase) -> tuple[CaseFile, ...]:
    """Return the files that can still come, or are being inspected."""
    return tuple(file for file in checked.files if file.is_pending and not file.is_abandoned(checked.at))


def superseded(checked: CheckedCase) -> tuple[CaseFile, ...]:
    """Return the quarantined files that the case does without."""
    wanted = {file.file_id for file in needed(checked)}
    return tuple(file for file in _quarantined(checked) if file.file_id not in wanted)


def is_foreign(file: CaseFile) -> bool:
    """Whether a file can be read, and is in a format that its kind does not come in."""
    inspection = file.inspection
    return inspection is not None and inspection.usable and not accepts(file.kind, inspection.format)


def standing(checked: CheckedCase) -> tuple[CaseFile, ...]:
    """Return the files that are here, and those that another finding already holds the case for."""
    files = list(checked.clean_files)
    if _blocks(checked, "FIL-PENDING"):
        files += on_their_way(checked)
    for file in needed(checked):
        if _blocks(checked, "FIL-FORMAT" if is_foreign(file) else "FIL-UNREADABLE"):
            files.append(file)
    return tuple(files)


def arrived_otherwise(checked: CheckedCase) -> frozenset[FileKind]:
    """Return the kinds that the lab got another way than as an upload."""
    return frozenset(sent.kind for sent in checked.case.packet.sent_otherwise if sent.arrived_at is not None)


def announced_otherwise(checked: CheckedCase) -> dict[FileKind, SentOtherwise]:
    """Return by kind what is on its way to the lab another way than as an upload."""
    return {sent.kind: sent for sent in checked.case.packet.sent_otherwise if sent.arrived_at is None}


def _quarantined(checked: CheckedCase) -> tuple[CaseFile, ...]:
    return tuple(file for file in checked.files if file.state is FileState.QUARANTINED)


def _blocks(checked: CheckedCase, rule_id: str) -> bool:
    return checked.profile is None or checked.profile.outcome_of(rule_id, Outcome.BLOCK) is Outcome.BLOCK
