from dataclasses import replace
from datetime import timedelta

import pytest
from bitewing.cases.activity import Deed
from bitewing.cases.disclosure import (
    case_for_lab,
    history_for_lab,
    precheck_for_lab,
    return_for_lab,
)
from bitewing.cases.status import Party, Status
from bitewing.precheck.finding import Finding, FindingSource, Outcome, Precheck
from bitewing.precheck.not_for_labs import PRACTICE_RULES
from bitewing.precheck.rules import RULES

from tests.support.builders import NOW, a_case, a_file
from tests.support.changes import a_reason, a_return, a_sent_case, a_submission, an_answer_to_it, an_entry

SENT = a_sent_case(submission=a_submission(acknowledged=("SHD-MISSING",)))


def a_finding(rule_id="DUE-MISSING", **changes):
    finding = Finding(
        rule_id=rule_id, outcome=Outcome.WARN, about="/packet", says="S.", do="D.", source=FindingSource.LAB
    )
    return replace(finding, **changes)


def test_the_rules_about_the_practice_are_those_whose_findings_come_from_it():
    assert {rule.ID for rule in RULES if rule.SOURCE is FindingSource.PRACTICE} == PRACTICE_RULES


def test_a_lab_reads_a_case_without_the_outcome_that_counts_the_practices_own_findings():
    assert case_for_lab(replace(SENT, precheck_outcome=Outcome.BLOCK)) == SENT


def test_a_lab_does_not_read_that_a_warning_about_the_practice_was_acknowledged():
    warned = a_sent_case(submission=a_submission(acknowledged=("CTX-BILLING", "CTX-SETUP", "SHD-MISSING")))
    assert case_for_lab(warned) == SENT


@pytest.mark.parametrize(
    ("known", "original", "remakes"),
    [((), None, ()), ({"case-0"}, "case-0", ()), ({"case-3"}, None, ("case-3",)), ({"case-9"}, None, ())],
)
def test_a_lab_reads_the_original_and_the_remakes_of_a_case_where_it_knows_them(known, original, remakes):
    remake = a_sent_case(remake_of="case-0", remake_reason="It broke.", remakes=("case-2", "case-3"))
    seen = case_for_lab(remake, known=known)
    assert (seen.remake_of, seen.remakes, seen.remake_reason) == (original, remakes, "It broke.")


@pytest.mark.parametrize(
    ("status", "sent", "is_told"),
    [(Status.RETURNED, 1, False), (Status.MISSING_INFO, 1, False), (Status.PROCESSING, 2, True)],
)
def test_a_lab_reads_what_the_practice_says_to_a_return_once_it_was_sent_again(status, sent, is_told):
    back = a_return(a_reason(answer=an_answer_to_it()))
    case = a_sent_case(status, submission=a_submission(number=sent), last_return=back)
    silent = a_return(a_reason())
    assert return_for_lab(back, case) == case_for_lab(case).last_return == (back if is_told else silent)


def test_what_was_said_to_an_earlier_return_stays_told():
    earlier, last = a_return(a_reason(answer=an_answer_to_it())), a_return(a_reason(), number=2, submission_number=2)
    case = a_sent_case(Status.RETURNED, submission=a_submission(number=2), last_return=last)
    assert return_for_lab(earlier, case) == earlier


def test_a_case_without_a_sending_has_none_for_a_lab_either():
    assert case_for_lab(a_case()).submission is None


def test_a_lab_is_not_told_of_other_cases_of_the_patient():
    twice = a_finding("CSE-DUPLICATE", about="/packet/items")
    assert precheck_for_lab(Precheck(outcome=Outcome.WARN, findings=(twice,)), ()).findings == ()


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
    [
        ("CTX-BILLING, SHD-MISSING", "SHD-MISSING"),
        ("CSE-DUPLICATE, SHD-MISSING", "SHD-MISSING"),
        ("CTX-SETUP", ""),
        ("SHD-MISSING", "SHD-MISSING"),
        ("", ""),
    ],
)
def test_the_history_names_no_warning_about_the_practice_to_a_lab(acknowledged, told):
    entry = an_entry(SENT, details={"submission": "1", "acknowledged": acknowledged})
    (seen,) = history_for_lab([entry], known_since=NOW)
    assert seen.details == {"submission": "1", "acknowledged": told}


@pytest.mark.parametrize("name", ["rules_new", "rules_gone", "rules_changed"])
@pytest.mark.parametrize(
    ("rules", "told"),
    [
        ("CTX-BILLING, SHD-MISSING", {"SHD-MISSING"}),
        ("CSE-DUPLICATE, CTX-SETUP, SHD-MISSING", {"SHD-MISSING"}),
        ("SHD-MISSING", {"SHD-MISSING"}),
    ],
)
def test_other_requirements_name_no_rule_about_the_practice_to_a_lab(name, rules, told):
    changed = {"profile_version": "2", "fields": "outcomes", name: rules}
    (seen,) = history_for_lab([an_entry(SENT, deed=Deed.REQUIREMENTS_CHANGED, details=changed)], known_since=NOW)
    assert seen.details == {"profile_version": "2", "fields": "outcomes", name: ", ".join(told)}


def test_the_history_names_no_case_day_to_a_lab():
    entry = an_entry(SENT, deed=Deed.CASE_DAY_CHANGED, details={"on": "2026-03-16", "work": "late"})
    assert history_for_lab([entry], known_since=NOW) == ()


def test_a_rule_about_the_practice_leaves_no_trace_beside_others():
    changed = {"profile_version": "2", "rules_gone": "CTX-BILLING", "rules_new": "SHD-MISSING"}
    (seen,) = history_for_lab([an_entry(SENT, deed=Deed.REQUIREMENTS_CHANGED, details=changed)], known_since=NOW)
    assert seen.details == {"profile_version": "2", "rules_new": "SHD-MISSING"}


def test_requirements_that_change_only_what_is_about_the_practice_are_no_entry_for_a_lab():
    changed = {"profile_version": "2", "fields": "outcomes", "rules_gone": "CTX-BILLING", "rules_new": "CSE-DUPLICATE"}
    assert history_for_lab([an_entry(SENT, deed=Deed.REQUIREMENTS_CHANGED, details=changed)], known_since=NOW) == ()


@pytest.mark.parametrize(("known_since", "is_told"), [(None, False), (NOW + timedelta(seconds=1), False), (NOW, True)])
def test_what_labs_wanted_before_the_lab_knew_the_case_is_not_told(known_since, is_told):
    entry = an_entry(SENT, deed=Deed.REQUIREMENTS_CHANGED, details={"profile_version": "2", "rules_new": "SHD-MISSING"})
    assert history_for_lab([entry], known_since=known_since) == ((entry,) if is_told else ())


@pytest.mark.parametrize(("fields", "told"), [("lab_id, contact", "contact"), ("contact", "contact"), ("lab_id", None)])
def test_a_lab_does_not_read_that_a_case_was_prepared_for_another(fields, told):
    seen = history_for_lab([an_entry(SENT, deed=Deed.CHANGED, details={"fields": fields})], known_since=NOW)
    assert [entry.details["fields"] for entry in seen] == ([told] if told else [])


def test_other_entries_of_the_history_are_the_same_for_a_lab():
    entry = an_entry(SENT)
    assert history_for_lab([entry], known_since=NOW) == (entry,)


@pytest.mark.parametrize(
    ("deed", "by", "minutes", "is_told"),
    [
        (Deed.CHANGED, Party.PRACTICE, 1, False),
        (Deed.CHANGED, Party.PRACTICE, 0, True),
        (Deed.CHANGED, Party.LAB, 1, True),
        *((deed, Party.PRACTICE, 1, False) for deed in Deed if deed.startswith("file_")),
        (Deed.FILE_KEPT, Party.SYSTEM, 1, False),
        (Deed.FILE_KEPT, Party.SYSTEM, -1, True),
        (Deed.NOTED, Party.PRACTICE, 1, True),
    ],
)
def test_a_lab_is_not_told_of_changes_that_are_not_sent(deed, by, minutes, is_told):
    entry = an_entry(SENT, at=NOW + timedelta(minutes=minutes), deed=deed, by=by)
    assert history_for_lab([entry], known_since=NOW, unsent_since=NOW) == ((entry,) if is_told else ())
    assert history_for_lab([entry], known_since=NOW) == (entry,)


def test_that_work_is_made_again_is_the_practices_own():
    assert history_for_lab([an_entry(SENT, deed=Deed.REMADE, details={"remake": "case-2"})], known_since=NOW) == ()
