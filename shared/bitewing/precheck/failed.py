"""Whether a file failed after its case was sent, and something that its lab requires is missing for it."""

from collections.abc import Collection
from dataclasses import replace
from typing import Final

from bitewing.files.case_file import CaseFile
from bitewing.precheck.checked_case import CheckedCase
from bitewing.precheck.finding import Outcome
from bitewing.precheck.precheck import run
from bitewing.precheck.rules import dcm_gap, dcm_series, fil_format, fil_unreadable, imp_scanbody
from bitewing.precheck.rules.fil_required import unfulfilled
from bitewing.precheck.wording import pointer
from bitewing.requirements.profile import Level

#: What an inspection can find after the sending. All else was decided with the sending: a profile that became
#: stricter since then gives no case back. So does a voxel that is too coarse: how coarse it may be says the profile.
INSPECTION_RULES: Final = frozenset({fil_unreadable.ID, fil_format.ID, dcm_series.ID, dcm_gap.ID})


def required_is_missing(checked: CheckedCase, acknowledged: Collection[str]) -> bool:
    """Whether something that the lab requires is missing because a file of the case failed.

    A file failed that can no longer come, or that an inspection finds of no use. Where the lab only expects its kind,
    or another file of it is here or on its way to the lab, the case does without.

    Args:
        checked: A case that was sent, of which no file is still awaited.
        acknowledged: Rules of which the case was sent with a warning: what they find fails nothing.
    """
    failed = _failed(checked, acknowledged)
    kinds = {file.kind for file in failed}
    ids = {file.file_id for file in failed}
    rest = replace(checked, files=tuple(file for file in checked.files if file.file_id not in ids))
    # Scan-body scans of restorations have a rule of their own, which the others leave them to.
    if imp_scanbody.KIND in kinds and any(each.outcome is imp_scanbody.OUTCOME for each in imp_scanbody.check(rest)):
        return True
    return any(
        missing.wanted.level is Level.REQUIRED and missing.coming is None and not kinds.isdisjoint(missing.kinds)
        for missing in unfulfilled(rest, rest.arches)
    )


def _failed(checked: CheckedCase, acknowledged: Collection[str]) -> list[CaseFile]:
    blocked = [
        finding
        for finding in run(checked).findings
        if finding.outcome is Outcome.BLOCK
        and finding.rule_id in INSPECTION_RULES
        and finding.rule_id not in acknowledged
    ]
    about = {finding.about for finding in blocked}
    if any(finding.rule_id == dcm_series.ID for finding in blocked):
        # Of a series in files of one slice each, the rule speaks once.
        about |= {pointer(file) for file, series in checked.volumes if series.slices < dcm_series.MIN_SLICES}
    return [file for file in checked.files if file.is_abandoned(checked.at) or pointer(file) in about]
