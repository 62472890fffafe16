from dataclasses import replace

import pytest
from bitewing.cases.disclosure import PRACTICE_RULES, activity_for_lab, case_for_lab, precheck_for_lab
from bitewing.precheck.finding import Finding, FindingSource, Outcome, Precheck
from bitewing.precheck.rules import RULES

from tests.support.builders import a_case, a_file
from tests.support.changes import a_sent_case, a_submission, an_entry

SENT = a_sent_case(submission=a_submission(acknowledged=("SHD-MISSING",)))


def a_finding(rule_id="DUE-MISSING", **changes):
    finding = Finding(
        rule_id=rule_id, outcome=Outcome.WARN, about="/packet", says="S.", do="D.", source=FindingSource.LAB
    )
    return replace(finding, **changes)


def test_the_rules_about_the_practice_are_those_whose_findings_come_from_it():
    assert {rule.ID for rule in RULES if rule.SOURCE is FindingSource.PRACTICE} == PRACTICE_RULES


def test_a_lab_reads_a_case_without_the_outcome_that_counts_the_practices_own_findings():
    assert case_for_lab(replace(SENT, precheck_outcome=Outcome.BLOCK), knows_original=True) == SENT


def test_a_lab_does_not_read_that_a_warning_about_the_practice_was_acknowledged():
    warned = a_sent_case(submission=a_submission(acknowledged=("CTX-BILLING", "CTX-SETUP", "SHD-MISSING")))
    assert case_for_lab(warned, knows_original=True) == SENT


@pytest.mark.parametrize(("knows_original", "told"), [(True, "case-0"), (False, None)])
def test_a_lab_reads_the_original_of_a_remake_where_it_knows_it(knows_original, told):
    remake = a_sent_case(remake_of="case-0", remake_reason="It broke.")
    seen = case_for_lab(remake, knows_original=knows_original)
    assert (seen.remake_of, seen.remake_reason) == (told, "It broke.")


def test_a_case_without_a_sending_has_none_for_a_lab_either():
    assert case_for_lab(a_case(), knows_original=False).submission is None


def test_the_outcome_for_a_lab_is_the_worst_of_what_it_is_told():
    own = a_finding("CTX-BILLING", source=FindingSource.PRACTICE, outcome=Outcome.BLOCK)
    assert precheck_for_lab(Precheck(outcome=Outcome.BLOCK, findings=(own, a_finding())), ()) == Precheck(
        outcome=Outcome.WARN, findings=(a_finding(),)
    )
    assert precheck_for_lab(Precheck(outcome=Outcome.BLOCK, findings=(own,)), ()) == Precheck(
        outcome=Outcome.PASS, findings=()
    )


def test_a_lab_is_told_of_the_files_that_it_got_and_no_others():
    files = (a_file(file_id="got", handed_over_in=1), a_file(file_id="not-got"))
    got, not_got = a_finding("MSH-HOLES", about="/files/got"), a_finding("MSH-HOLES", about="/files/not-got")
    missing = a_finding("FIL-REQUIRED", about="/files")
    precheck = Precheck(outcome=Outcome.WARN, findings=(not_got, got, missing))
    assert precheck_for_lab(precheck, files).findings == (got, missing)


@pytest.mark.parametrize(
    ("acknowledged", "told"),
    [("CTX-BILLING, SHD-MISSING", "SHD-MISSING"), ("CTX-SETUP", ""), ("SHD-MISSING", "SHD-MISSING"), ("", "")],
)
def test_the_history_names_no_warning_about_the_practice_to_a_lab(acknowledged, told):
    entry = an_entry(SENT, details={"submission": "1", "acknowledged": acknowledged})
    assert activity_for_lab(entry).details == {"submission": "1", "acknowledged": told}


def test_other_entries_of_the_history_are_the_same_for_a_lab():
    entry = an_entry(SENT)
    assert activity_for_lab(entry) is entry
