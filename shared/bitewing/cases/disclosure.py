"""What a lab is told of a case that it may see: the one place where the practice's own concerns are left out.

A lab reads nothing of the practice's billing, setup and staff, nothing of files that it did not get, no ids of cases
that are not its own, and what the practice says to a return once it has sent the case again.
"""

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Final

from bitewing.cases.activity import Activity, Deed
from bitewing.cases.case import Case
from bitewing.cases.linked_day import LinkedDay
from bitewing.cases.returns import Return
from bitewing.cases.status import Party
from bitewing.precheck.finding import FindingSource, Outcome, Precheck
from bitewing.precheck.not_for_labs import NOT_FOR_LABS, RULES_OF_OTHER_CASES

if TYPE_CHECKING:
    from bitewing.files.case_file import CaseFile

#: Of the rules about the practice, what a lab cannot mend in its place, and is not held by.
_OWED_BY_PRACTICE: Final = frozenset({"CTX-SETUP", "CTX-BILLING"})
#: Details of an entry that name rules.
_RULES_IN_DETAILS: Final = ("acknowledged", "rules_new", "rules_gone", "rules_changed")
#: What happens elsewhere: work that is made again, and the Case Day that needs it.
_NOT_FOR_LABS: Final = frozenset({Deed.REMADE, Deed.CASE_DAY_CHANGED})
#: What can be changed and not sent yet. What the system does with a file, it does because the practice sent it.
_OF_PACKET_AND_FILES: Final = frozenset(
    {
        Deed.CHANGED,
        Deed.FILE_ANNOUNCED,
        Deed.FILE_KEPT,
        Deed.FILE_QUARANTINED,
        Deed.FILE_REMOVED,
        Deed.FILE_REPLACED,
    }
)


def case_for_lab(case: Case, *, known: Collection[str] = ()) -> Case:
    """Return a case as its lab may read it.

    Without the outcome that is kept for lists, which counts findings that are not for labs.

    Args:
        case: A case that was sent to the lab.
        known: Those of its original and its remakes that the lab may see.
    """
    submission = case.submission
    if submission is not None:
        told = tuple(rule_id for rule_id in submission.acknowledged if rule_id not in NOT_FOR_LABS)
        submission = replace(submission, acknowledged=told)
    return replace(
        case,
        precheck_outcome=None,
        # What the practice changes is its own until it sends it.
        is_changed_since_sent=False,
        submission=submission,
        last_return=return_for_lab(case.last_return, case) if case.last_return else None,
        remake_of=case.remake_of if case.remake_of in known else None,
        remakes=tuple(remake for remake in case.remakes if remake in known),
    )


def case_day_told_to(case: Case, reader: Party) -> LinkedDay | None:
    """Return the Case Day on which the work of a case is needed, where a side may know it.

    The day is between its practice and a care team. A lab is told when the work is needed, and nothing of the day.
    """
    return case.case_day if reader is Party.PRACTICE else None


def return_for_lab(back: Return, case: Case) -> Return:
    """Return a return of a case as its lab may read it: without answers that the practice can still change."""
    if case.submission is not None and case.submission.number > back.submission_number:
        return back
    return replace(back, reasons=tuple(replace(reason, answer=None) for reason in back.reasons))


def precheck_for_lab(precheck: Precheck, files: "tuple[CaseFile, ...]") -> Precheck:
    """Return a check as the lab of the case may read it.

    Args:
        precheck: Everything that was found.
        files: The files of the case.
    """
    # Who has a PreCheck has this loaded; who lists cases starts without it.
    from bitewing.precheck.wording import pointer  # noqa: PLC0415

    not_handed_over = {pointer(file) for file in files if file.handed_over_in is None}
    findings = tuple(
        finding
        for finding in precheck.findings
        if finding.source is not FindingSource.PRACTICE
        and finding.rule_id not in RULES_OF_OTHER_CASES
        and finding.about not in not_handed_over
    )
    return Precheck(outcome=findings[0].outcome if findings else Outcome.PASS, findings=findings)


def precheck_for_preparing_lab(precheck: Precheck) -> Precheck:
    """Return a check as a lab may read it that prepares the case itself: it knows every file, and mends the context.

    Args:
        precheck: Everything that was found.
    """
    findings = tuple(finding for finding in precheck.findings if finding.rule_id not in _OWED_BY_PRACTICE)
    return Precheck(outcome=findings[0].outcome if findings else Outcome.PASS, findings=findings)


def history_for_lab(
    entries: Iterable[Activity], *, known_since: datetime | None, unsent_since: datetime | None = None
) -> tuple[Activity, ...]:
    """Return entries of a case's history as the lab of the case may read them.

    That the work is made again is left out: it may be made elsewhere. The case itself names the remakes that the
    lab knows. That it was prepared for another lab first is left out, too, what labs wanted until this one knew it,
    and which Case Day needs its work. What the practice changes is its own until it sends it, and so is what becomes
    of its files.

    Args:
        entries: Entries of the history.
        known_since: From when on the lab may see the case.
        unsent_since: When the case was sent, where it was changed since.
    """
    seen = (
        _entry_for_lab(entry)
        for entry in entries
        if entry.deed not in _NOT_FOR_LABS and not (unsent_since is not None and _is_unsent(entry, unsent_since))
    )
    return tuple(entry for entry in seen if _says_something(entry, known_since))


def _says_something(entry: Activity, known_since: datetime | None) -> bool:
    """Whether an entry says something to a lab, once what is not for it was left out."""
    if entry.deed is Deed.CHANGED:
        return entry.details.get("fields") != ""
    if entry.deed is not Deed.REQUIREMENTS_CHANGED:
        return True
    # Requirements that change nothing but what is not for labs change nothing for them.
    is_known = known_since is not None and entry.at >= known_since
    return is_known and not entry.details.keys().isdisjoint(_RULES_IN_DETAILS)


def _is_unsent(entry: Activity, sent_at: datetime) -> bool:
    return entry.at > sent_at and entry.by is not Party.LAB and entry.deed in _OF_PACKET_AND_FILES


def _entry_for_lab(entry: Activity) -> Activity:
    details = dict(entry.details)
    for name in _RULES_IN_DETAILS:
        rule_ids = details.get(name, "").split(", ")
        if NOT_FOR_LABS.isdisjoint(rule_ids):
            continue
        details[name] = ", ".join(rule_id for rule_id in rule_ids if rule_id not in NOT_FOR_LABS)
        if not details[name] and entry.deed is Deed.REQUIREMENTS_CHANGED:
            del details[name]
    if entry.deed is Deed.CHANGED and "fields" in details:
        details["fields"] = ", ".join(name for name in details["fields"].split(", ") if name != "lab_id")
    return replace(entry, details=details)
