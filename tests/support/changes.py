"""Changes as services hand them to stores."""

from dataclasses import replace
from datetime import date, datetime
from itertools import count
from typing import Any

from bitewing.cases.activity import Activity, Deed
from bitewing.cases.case import Case, Submission
from bitewing.cases.events import CaseChanged, CaseChecked
from bitewing.cases.ports import CaseWithPrecheck, Change
from bitewing.cases.reasons import Reason
from bitewing.cases.returns import Answer, Return, ReturnReason
from bitewing.cases.status import Party, Status
from bitewing.directory.organization import Notation
from bitewing.files.case_file import CaseFile
from bitewing.files.events import FileRemoved
from bitewing.files.service import FileChange
from bitewing.precheck.finding import Finding, FindingSource, Outcome, Precheck

from tests.support.builders import NOW, a_case

_numbers = count(1)


def a_submission(**changes: Any) -> Submission:
    submission = Submission(
        number=1, submitted_at=NOW, submitted_by="person-1", acknowledged=("SHD-MISSING",), profile_version=3
    )
    return replace(submission, **changes)


def a_sent_case(status: Status = Status.RECEIVED, **changes: Any) -> Case:
    return a_case(status=status, **{"submission": a_submission(), "due_on": date(2026, 3, 16)} | changes)


def an_answer_to_it(**changes: Any) -> Answer:
    return replace(Answer(says="Scanned again.", at=NOW, by="person-1"), **changes)


def a_reason(code: Reason = Reason.MARGIN_HIDDEN, **changes: Any) -> ReturnReason:
    return replace(ReturnReason(reason_id="1", code=code, says="The margin is under tissue at the mesial."), **changes)


def a_return(*reasons: ReturnReason, **changes: Any) -> Return:
    back = Return(
        number=1,
        to=Status.RETURNED,
        submission_number=1,
        at=NOW,
        by="person-2",
        reasons=tuple(
            replace(reason, reason_id=str(number)) for number, reason in enumerate(reasons or (a_reason(),), start=1)
        ),
    )
    return replace(back, **changes)


def an_entry(case: Case, at: datetime = NOW, **changes: Any) -> Activity:
    entry = Activity(
        entry_id=f"entry-{next(_numbers):04d}",
        case_id=case.case_id,
        at=at,
        by=Party.PRACTICE,
        user_id="person-1",
        deed=Deed.CHANGED,
        details={"fields": "description"},
    )
    return replace(entry, **changes)


def _head(case: Case) -> dict[str, Any]:
    return {
        "event_id": f"event-{next(_numbers):04d}",
        "occurred_at": NOW,
        "case_id": case.case_id,
        "practice_id": case.practice_id,
        "lab_id": case.lab_id,
    }


def a_change(case: Case, files_version: int | None = None) -> Change:
    event = CaseChanged(**_head(case), case_version=case.version, fields=("description",))
    return Change(case=case, entries=(an_entry(case),), events=(event,), files_version=files_version)


def a_check_event(case: Case) -> CaseChecked:
    return CaseChecked(**_head(case), case_version=case.version, outcome=Outcome.WARN, rule_ids=("SHD-MISSING",))


def an_answer(case: Case) -> CaseWithPrecheck:
    finding = Finding(
        rule_id="SHD-MISSING",
        outcome=Outcome.WARN,
        about="/packet/items/0/selections/shade",
        says="Piece 1 has no shade.",
        do="Enter the shade.",
        source=FindingSource.LAB,
    )
    return CaseWithPrecheck(
        case=case, precheck=Precheck(outcome=Outcome.WARN, findings=(finding,)), notation=Notation.UNIVERSAL
    )


def a_file_change(case: Case, file: CaseFile, *, decided_on: Case | None = None, **changes: Any) -> FileChange:
    event = FileRemoved(**_head(case), file_id=file.file_id, file_version=file.version, kind=file.kind)
    change = FileChange(file=file, entry=an_entry(case), events=(event,), at=NOW, decided_on=decided_on)
    return replace(change, **changes)
