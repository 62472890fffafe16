"""From a fact to people."""

from dataclasses import replace

import pytest
from bitewing.kernel.caller import OrganizationKind, Role
from bitewing.notifications.audience import CIRCLES, Addressee, Around, Circle, audience_of, circles_of, hearings
from bitewing.notifications.fact import Fact
from bitewing.notifications.rule import AUDIENCE_NEEDS, Audience, Channel, Rule, Urgency

from tests.support.builders import NOW

A, K = Audience, OrganizationKind


def somebody(name, kind, *roles, at="O1", email=""):
    return Addressee(
        addressee_id=name,
        organization_kind=kind,
        organization_id=at,
        roles=frozenset(roles),
        email=email or f"{name.lower()}@example.com",
    )


ADA = somebody("ADA", K.PRACTICE, Role.PRACTICE_ADMIN)
SAM = somebody("SAM", K.PRACTICE, Role.PRACTICE_STAFF)
LIA = somebody("LIA", K.LAB, Role.LAB_ADMIN)
LEO = somebody("LEO", K.LAB, Role.LAB_STAFF)
NIA = somebody("NIA", K.CARE_TEAM, Role.CLINICIAN)
MAX = somebody("MAX", K.CARE_TEAM, Role.CLINICIAN)
BOTH = somebody("BOTH", K.CARE_TEAM, Role.CLINICIAN, Role.MANAGER)
MEG = somebody("MEG", K.CARE_TEAM, Role.MANAGER)
PAT = somebody("PAT", K.PLATFORM, Role.PLATFORM_ADMIN)
ADDRESS = Addressee(
    addressee_id="P1", organization_kind=K.PRACTICE, organization_id="P1", email="office@example.com", is_person=False
)
AROUND = Around(
    practice=(ADA, SAM),
    practice_address=ADDRESS,
    lab=(LIA, LEO),
    care_team=(NIA, MAX, BOTH, MEG),
    period_practices=(ADA, SAM),
    organization=(ADA, SAM),
    platform=(PAT,),
    sender_id="SAM",
)


def a_fact(**detail):
    return Fact(name="CaseDayMoved", fact_id="E1", subject_id="S1", occurred_at=NOW, detail=detail)


def a_rule(audience, *channels, urgency=Urgency.USUAL, template="day_asked", rule_id="R1"):
    return Rule(
        rule_id=rule_id,
        of="CaseDayMoved",
        audience=audience,
        channels=frozenset(channels or {Channel.EMAIL, Channel.INBOX}),
        template=template,
        urgency=urgency,
    )


def names(found):
    return [each.addressee_id for each in found]


def test_every_audience_says_what_it_needs_of_a_fact_and_what_is_looked_up():
    assert set(CIRCLES) == set(AUDIENCE_NEEDS) == set(Audience)


@pytest.mark.parametrize(
    ("audience", "detail", "found"),
    [
        (A.PRACTICE_OF_CASE, {}, ["ADA", "SAM"]),
        (A.DENTISTS_SIDE, {}, ["SAM"]),
        (A.PRACTICE_ADDRESS, {}, ["P1"]),
        (A.LAB_OF_CASE, {}, ["LIA", "LEO"]),
        (A.MEMBERS_OF_TEAM, {"concerns": ["NIA"], "members": ["NIA", "MAX"]}, ["NIA"]),
        (A.MEMBERS_OF_TEAM, {"concerns": [], "members": ["NIA", "MAX"]}, []),
        (A.MEMBERS_OF_TEAM, {"members": ["MAX", "NIA"]}, ["NIA", "MAX"]),
        (A.CLINICIAN_NAMED, {"clinician_id": "MAX"}, ["MAX"]),
        (A.CLINICIANS_OF_CARE_TEAM, {}, ["NIA", "MAX", "BOTH"]),
        (A.MANAGERS_OF_CARE_TEAM, {}, ["BOTH", "MEG"]),
        (A.MANAGERS_OF_CARE_TEAM, {"concerns_managers": True}, ["BOTH", "MEG"]),
        (A.MANAGERS_OF_CARE_TEAM, {"concerns_managers": False}, []),
        (A.PRACTICE_OF_DAY, {}, ["ADA", "SAM"]),
        (A.PRACTICE_OF_DAY, {"concerns_practice": False}, []),
        (A.PRACTICES_OF_PERIOD, {}, ["ADA", "SAM"]),
        (A.PRACTICE_ADMINS, {}, ["ADA"]),
        (A.LAB_ADMINS, {}, ["LIA"]),
        (A.ADMINS_OF_ORGANIZATION, {}, ["ADA"]),
        (A.PERSON_NAMED, {"user_id": "SAM"}, ["SAM"]),
        (A.PLATFORM, {}, ["PAT"]),
    ],
)
def test_an_audience_is_found_around_a_fact(audience, detail, found):
    assert names(audience_of(audience, a_fact(**detail), AROUND)) == found


@pytest.mark.parametrize("sender_id", ["", "SOMEBODY-WHO-LEFT"])
def test_where_nobody_of_the_practice_sent_a_case_all_of_it_hear(sender_id):
    assert names(audience_of(A.DENTISTS_SIDE, a_fact(), replace(AROUND, sender_id=sender_id))) == ["ADA", "SAM"]


def test_a_practice_without_people_is_told_at_its_address():
    guest = replace(AROUND, practice=())
    for audience in (A.PRACTICE_OF_CASE, A.DENTISTS_SIDE, A.PRACTICE_OF_DAY):
        assert names(audience_of(audience, a_fact(), guest)) == ["P1"]


@pytest.mark.parametrize("address", [None, replace(ADDRESS, email="")])
def test_a_practice_without_people_and_address_is_nobody(address):
    silent = replace(AROUND, practice=(), practice_address=address)
    assert audience_of(A.PRACTICE_OF_CASE, a_fact(), silent) == ()


def test_nobody_hears_of_what_they_did_themselves():
    found = hearings(a_fact(), [a_rule(A.PRACTICE_OF_CASE)], replace(AROUND, actor_id="ADA"))
    assert names(each.addressee for each in found) == ["SAM"]


def test_also_who_did_it_finds_the_confirmation_at_the_address_of_the_practice():
    found = hearings(a_fact(), [a_rule(A.PRACTICE_ADDRESS, Channel.EMAIL)], replace(AROUND, actor_id="ADA"))
    assert names(each.addressee for each in found) == ["P1"]


def test_who_is_meant_by_two_rules_hears_once_by_the_channels_of_both():
    rules = [
        a_rule(A.CLINICIANS_OF_CARE_TEAM, Channel.INBOX, urgency=Urgency.GATHERED, template="one", rule_id="R1"),
        a_rule(A.MANAGERS_OF_CARE_TEAM, Channel.EMAIL, Channel.INBOX, template="two", rule_id="R2"),
    ]
    found = {each.addressee.addressee_id: each for each in hearings(a_fact(), rules, AROUND)}
    assert list(found) == ["NIA", "MAX", "BOTH", "MEG"]
    assert found["BOTH"].templates == {Channel.INBOX: "one", Channel.EMAIL: "two"}
    assert (found["BOTH"].urgency, found["BOTH"].rule_ids) == (Urgency.USUAL, ("R1", "R2"))
    assert found["NIA"].urgency is Urgency.GATHERED


def test_an_address_is_mailed_to_and_nothing_else():
    (found,) = hearings(a_fact(), [a_rule(A.PRACTICE_ADDRESS)], AROUND)
    assert set(found.templates) == {Channel.EMAIL}
    assert hearings(a_fact(), [a_rule(A.PRACTICE_ADDRESS, Channel.INBOX)], AROUND) == ()


def test_who_reads_at_the_address_of_the_practice_is_mailed_once():
    ada = replace(ADA, email="Office@Example.com")
    around = replace(AROUND, practice=(ada,))
    rules = [a_rule(A.PRACTICE_ADDRESS, Channel.EMAIL), a_rule(A.PRACTICE_OF_CASE, rule_id="R2")]
    assert names(each.addressee for each in hearings(a_fact(), rules, around)) == ["ADA"]
    in_portal = [rules[0], a_rule(A.PRACTICE_OF_CASE, Channel.INBOX, rule_id="R2")]
    assert names(each.addressee for each in hearings(a_fact(), in_portal, around)) == ["P1", "ADA"]


def test_only_what_rules_need_is_looked_up_and_nothing_for_systems():
    webhook = a_rule(A.LAB_OF_CASE, Channel.WEBHOOK, template="")
    assert circles_of([a_rule(A.DENTISTS_SIDE), webhook]) == {Circle.PRACTICE, Circle.SENDER}
    assert hearings(a_fact(), [webhook], AROUND) == ()


def test_an_address_stands_in_no_log():
    assert "ada@example.com" not in repr(ADA)
