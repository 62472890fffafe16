import pytest
from bitewing.cases.status import Status
from bitewing.directory.organization import BillingState, ConnectionState
from bitewing.precheck.rules import ctx_billing, ctx_dentist, ctx_lab, ctx_setup, ctx_type

from tests.support.builders import a_checked_case, a_connection, a_dentist, a_lab, a_practice
from tests.support.changes import a_sent_case
from tests.support.findings import only_finding

NOT_TAKING = a_lab(takes_cases=False)


@pytest.mark.parametrize("rule", [ctx_billing, ctx_dentist, ctx_lab, ctx_setup, ctx_type])
def test_a_practice_in_order_finds_nothing(rule):
    assert list(rule.check(a_checked_case())) == []


@pytest.mark.parametrize("state", [state for state in ConnectionState if state is not ConnectionState.ACCEPTED])
def test_a_connection_that_is_not_accepted_blocks(state):
    finding = only_finding(ctx_lab, a_checked_case(connection=a_connection(state=state)))
    assert "has not accepted" in finding.says
    assert finding.about == "/lab_id"


def test_a_missing_connection_blocks():
    assert "has not accepted" in only_finding(ctx_lab, a_checked_case(connection=None)).says


def test_a_lab_that_takes_no_cases_blocks():
    assert "does not take cases" in only_finding(ctx_lab, a_checked_case(lab=NOT_TAKING)).says


@pytest.mark.parametrize(
    "changes", [{"connection": None}, {"connection": a_connection(state=ConnectionState.ENDED)}, {"lab": NOT_TAKING}]
)
def test_a_case_that_was_sent_goes_on_without_the_connection(changes):
    for case in (a_sent_case(), a_sent_case(Status.MISSING_INFO)):
        assert list(ctx_lab.check(a_checked_case(case=case, **changes))) == []


def test_a_type_without_a_profile_blocks_and_is_named():
    assert "crown" in only_finding(ctx_type, a_checked_case(profile=None)).says


@pytest.mark.parametrize("dentist", [None, a_dentist(practice_id="practice-2")])
def test_a_dentist_of_no_or_another_practice_blocks(dentist):
    assert "not in your practice" in only_finding(ctx_dentist, a_checked_case(dentist=dentist)).says


def test_a_dentist_who_left_blocks():
    assert "not active" in only_finding(ctx_dentist, a_checked_case(dentist=a_dentist(is_active=False))).says


@pytest.mark.parametrize(
    ("empty", "missing"),
    [
        (("phone",), "phone number"),
        (("address", "email"), "address and e-mail address"),
        (("name", "time_zone", "phone"), "name, time zone and phone number"),
    ],
)
def test_an_unfinished_setup_blocks_and_says_what_is_missing(empty, missing):
    practice = a_practice(**dict.fromkeys(empty, " "))
    assert f"missing: {missing}." in only_finding(ctx_setup, a_checked_case(practice=practice)).says


def test_a_practice_that_has_not_joined_is_asked_for_neither_setup_nor_billing():
    guest = a_practice(registered_by="lab-1", phone="", billing=BillingState.MISSING)
    joined = a_practice(phone="", billing=BillingState.MISSING)
    for rule in (ctx_setup, ctx_billing):
        assert list(rule.check(a_checked_case(practice=guest))) == []
        assert only_finding(rule, a_checked_case(practice=joined))


@pytest.mark.parametrize(
    ("billing", "says"), [(BillingState.MISSING, "no billing"), (BillingState.PAST_DUE, "past due")]
)
def test_billing_that_is_not_active_blocks(billing, says):
    assert says in only_finding(ctx_billing, a_checked_case(practice=a_practice(billing=billing))).says
