"""The rules about a case among other cases: what came back, and what is there twice."""

from dataclasses import replace
from datetime import date

import pytest
from bitewing.cases.reasons import REASONS, Reason
from bitewing.cases.status import Status
from bitewing.files.case_file import FileKind, FileState
from bitewing.packet.packet import Arch
from bitewing.precheck.finding import FindingSource, Outcome
from bitewing.precheck.rules import cse_duplicate, cse_return
from bitewing.requirements.case_types import CaseType

from tests.support.builders import a_case, a_checked_case, a_file, a_packet, a_patient, an_item
from tests.support.changes import a_reason, a_return, a_sent_case, a_submission, an_answer_to_it
from tests.support.findings import only_finding, outcomes


@pytest.mark.parametrize("rule", [cse_return, cse_duplicate])
def test_an_ordinary_case_finds_nothing(rule):
    assert list(rule.check(a_checked_case())) == []


# --- CSE-RETURN ------------------------------------------------------------------------------------


def back(*reasons, status=Status.RETURNED, files=(), **changes):
    case = a_sent_case(status, **{"last_return": a_return(*reasons)} | changes)
    return a_checked_case(case=case, files=files)


@pytest.mark.parametrize("answered", [0, 1, 2])
def test_each_reason_that_is_not_answered_is_asked_for_once(answered):
    reasons = [a_reason(answer=an_answer_to_it() if number < answered else None) for number in range(2)]
    findings = list(cse_return.check(back(*reasons)))
    assert [finding.about for finding in findings] == [
        f"/last_return/reasons/{number}" for number in range(answered, 2)
    ]
    assert all((finding.outcome, finding.source) == (Outcome.BLOCK, FindingSource.LAB) for finding in findings)


def test_a_reason_is_told_in_its_own_words_and_in_those_of_the_lab():
    finding = only_finding(cse_return, back(a_reason(Reason.FIT, says="It rocks on 14.")))
    assert finding.says == f"The lab gave the case back: {REASONS[Reason.FIT].called}. It rocks on 14."
    assert finding.do == "Change what the lab asks for, then answer the reason."


def test_an_answer_without_words_deals_with_a_reason():
    assert list(cse_return.check(back(a_reason(answer=an_answer_to_it(says=""))))) == []


@pytest.mark.parametrize(
    ("state", "count"),
    [(FileState.CLEAN, 1), (FileState.QUARANTINED, 1), (FileState.REMOVED, 0), (FileState.REPLACED, 0)],
)
def test_a_reason_about_a_file_is_dealt_with_when_the_file_is_gone(state, count):
    files = (a_file(FileKind.UPPER_SCAN, state=state), a_file(FileKind.LOWER_SCAN))
    findings = list(cse_return.check(back(a_reason(file_id=FileKind.UPPER_SCAN), files=files)))
    assert [finding.about for finding in findings] == ["/files/upper_scan"] * count
    assert [finding.do for finding in findings] == ["Replace or remove the file, or answer the reason."] * count


def test_that_another_file_is_gone_deals_with_nothing():
    files = (a_file(FileKind.UPPER_SCAN), a_file(FileKind.LOWER_SCAN, state=FileState.REMOVED))
    assert only_finding(cse_return, back(a_reason(file_id=FileKind.UPPER_SCAN), files=files))


@pytest.mark.parametrize(
    ("status", "number", "count"),
    [
        (Status.RETURNED, 1, 1),
        (Status.MISSING_INFO, 1, 1),
        # Sent again; and then given back by the system, for a file of the second sending.
        (Status.PROCESSING, 2, 0),
        (Status.MISSING_INFO, 2, 0),
        (Status.RECEIVED, 1, 0),
    ],
)
def test_only_a_case_that_is_back_is_asked_and_only_for_the_sending_that_came_back(status, number, count):
    assert len(list(cse_return.check(back(status=status, submission=a_submission(number=number))))) == count


# --- CSE-DUPLICATE ---------------------------------------------------------------------------------


def beside(*others, **changes):
    return a_checked_case(case=a_case(**changes), other_cases=others)


def another(**changes):
    return a_case(**{"case_id": "case-2"} | changes)


def test_an_open_case_of_the_same_patient_and_work_warns_and_is_named():
    finding = only_finding(cse_duplicate, beside(another()))
    assert (finding.outcome, finding.about) == (Outcome.WARN, "/packet/items")
    assert finding.says == "Case case-2 is open for the same patient and the same work."
    assert "Mira" not in finding.says + finding.do


def test_of_several_the_newest_is_named_once():
    finding = only_finding(cse_duplicate, beside(another(case_id="case-9"), another()))
    assert "case-9" in finding.says


@pytest.mark.parametrize(
    ("teeth", "count"), [(("13",), 0), (("14",), 1), (("15",), 0), (("13", "14", "15"), 1), ((), 0)]
)
def test_the_same_work_shares_a_tooth(teeth, count):
    items = (replace(an_item(), teeth=teeth),)
    assert outcomes(cse_duplicate, beside(another(packet=a_packet(items=items)))) == [Outcome.WARN] * count


@pytest.mark.parametrize(("arch", "count"), [(Arch.UPPER, 1), (Arch.LOWER, 0), (None, 0)])
def test_the_same_work_shares_an_arch(arch, count):
    def packet(of):
        return a_packet(items=(replace(an_item(), teeth=(), arch=of),))

    checked = beside(another(packet=packet(arch)), packet=packet(Arch.UPPER))
    assert outcomes(cse_duplicate, checked) == [Outcome.WARN] * count


@pytest.mark.parametrize("status", list(Status))
def test_a_case_that_is_through_is_not_in_the_way(status):
    is_through = status in {Status.SHIPPED, Status.DELIVERED, Status.CANCELLED}
    assert outcomes(cse_duplicate, beside(another(status=status))) == ([] if is_through else [Outcome.WARN])


@pytest.mark.parametrize(
    ("changes", "count"),
    [({}, 1), ({"lab_id": "lab-2"}, 0), ({"case_type": CaseType.VENEER}, 0), ({"dentist_id": "dentist-2"}, 1)],
)
def test_only_the_same_type_at_the_same_lab_is_the_same_work(changes, count):
    assert len(list(cse_duplicate.check(beside(another(**changes))))) == count


@pytest.mark.parametrize(
    ("changes", "count"),
    [
        ({}, 1),
        ({"born_on": date(1980, 5, 18)}, 0),
        ({"born_on": None}, 1),
        ({"reference": "P-1002"}, 0),
        ({"reference": " P-1001 "}, 1),
        ({"reference": ""}, 1),
        ({"born_on": None, "reference": "P-1002"}, 0),
    ],
)
def test_birth_date_and_reference_tell_people_of_one_name_apart(changes, count):
    other = another(packet=a_packet(patient=a_patient(**changes)))
    assert len(list(cse_duplicate.check(beside(other)))) == count


@pytest.mark.parametrize(
    ("mine", "theirs", "count"), [("case-2", None, 0), (None, "case-1", 0), ("case-3", "case-4", 1)]
)
def test_a_remake_and_its_original_are_for_the_same_work_on_purpose(mine, theirs, count):
    assert len(list(cse_duplicate.check(beside(another(remake_of=theirs), remake_of=mine)))) == count
