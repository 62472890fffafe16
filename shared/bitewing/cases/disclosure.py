"""What a lab is told of a case that it may see: the one place where the practice's own concerns are left out.

A lab reads nothing of the practice's billing, setup and staff, nothing of files that it did not get, and no ids of
cases that are not its own.
"""

from dataclasses import replace
from typing import Final

from bitewing.cases.activity import Activity
from bitewing.cases.case import Case
from bitewing.files.case_file import CaseFile
from bitewing.precheck.finding import FindingSource, Outcome, Precheck
from bitewing.precheck.wording import pointer

#: Rules about the practice itself; that one of them was acknowledged says what it found. Written down, because a
#: start of a function is not to load every rule; a test holds them to the registry.
PRACTICE_RULES: Final = frozenset({"CTX-LAB", "CTX-DENTIST", "CTX-SETUP", "CTX-BILLING"})


#: Of these, what a lab cannot mend in the practice's place, and is not held by.
_OWED_BY_PRACTICE: Final = frozenset({"CTX-SETUP", "CTX-BILLING"})


def case_for_lab(case: Case, *, knows_original: bool) -> Case:
    """Return a case as its lab may read it.

    Without the outcome that is kept for lists, which counts findings that are not for labs.

    Args:
        case: A case that was sent to the lab.
        knows_original: Whether the lab may see the case that this one replaces.
    """
    submission = case.submission
    if submission is not None:
        told = tuple(rule_id for rule_id in submission.acknowledged if rule_id not in PRACTICE_RULES)
        submission = replace(submission, acknowledged=told)
    return replace(
        case,
        precheck_outcome=None,
        submission=submission,
        remake_of=case.remake_of if knows_original else None,
    )


def precheck_for_lab(precheck: Precheck, files: tuple[CaseFile, ...]) -> Precheck:
    """Return a check as the lab of the case may read it.

    Args:
        precheck: Everything that was found.
        files: The files of the case.
    """
    not_handed_over = {pointer(file) for file in files if file.handed_over_in is None}
    findings = tuple(
        finding
        for finding in precheck.findings
        if finding.source is not FindingSource.PRACTICE and finding.about not in not_handed_over
    )
    return Precheck(outcome=findings[0].outcome if findings else Outcome.PASS, findings=findings)


def precheck_for_preparing_lab(precheck: Precheck) -> Precheck:
    """Return a check as a lab may read it that prepares the case itself: it knows every file, and mends the context.

    Args:
        precheck: Everything that was found.
    """
    findings = tuple(finding for finding in precheck.findings if finding.rule_id not in _OWED_BY_PRACTICE)
    return Precheck(outcome=findings[0].outcome if findings else Outcome.PASS, findings=findings)


def activity_for_lab(entry: Activity) -> Activity:
    """Return an entry of a case's history as the lab of the case may read it."""
    acknowledged = entry.details.get("acknowledged", "").split(", ")
    if PRACTICE_RULES.isdisjoint(acknowledged):
        return entry
    told = ", ".join(rule_id for rule_id in acknowledged if rule_id not in PRACTICE_RULES)
    return replace(entry, details={**entry.details, "acknowledged": told})
