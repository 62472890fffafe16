"""What every store of members promises; the same tests hold the table and the one in memory."""

from dataclasses import replace
from datetime import timedelta

import pytest
from bitewing.aws import keys
from bitewing.kernel.caller import AlreadyAnswered, OrganizationKind, Role
from bitewing.kernel.errors import IdempotencyKeyReused, StaleVersion
from bitewing.members.events import MemberInvited, MemberJoined, event_head
from bitewing.members.member import INVITATION_LASTS, Member, MemberState
from bitewing.members.store import TableMembers

from tests.support.builders import LAB_ID, NOW, PRACTICE_ID, a_practice
from tests.support.callers import a_request
from tests.support.people import InMemoryMembers

PRACTICE = OrganizationKind.PRACTICE
ANA = Member(
    user_id="ana",
    organization_kind=PRACTICE,
    organization_id=PRACTICE_ID,
    email="ana@practice.example",
    name="Ana Lima",
    roles=frozenset({Role.PRACTICE_STAFF, Role.PRACTICE_ADMIN}),
    state=MemberState.INVITED,
    invited_at=NOW,
    invited_by="olga",
    expires_at=NOW + INVITATION_LASTS,
)
BO = replace(ANA, user_id="bo", email="bo@practice.example", state=MemberState.ACTIVE, expires_at=None)


def invited(member):
    return MemberInvited(**event_head(member, by="olga", at=NOW), roles=tuple(sorted(member.roles)))


def joined(member):
    return MemberJoined(**event_head(member, by=member.user_id, at=NOW), roles=(), is_first=True)


@pytest.fixture
def members(stores, clock):
    return InMemoryMembers(stores.directory) if stores.table is None else TableMembers(stores.table, now=clock)


def test_who_was_invited_is_found_with_everything(members):
    members.invite(ANA, invited(ANA), request=a_request())
    assert members.find(PRACTICE, PRACTICE_ID, "ana") == ANA
    assert members.find(PRACTICE, PRACTICE_ID, "bo") is None
    assert members.find(OrganizationKind.LAB, PRACTICE_ID, "ana") is None
    assert members.answered(a_request()) == ANA


def test_the_people_of_an_organization_are_its_own(members):
    lab = replace(ANA, organization_kind=OrganizationKind.LAB, organization_id=LAB_ID)
    members.put(BO, ANA, lab, replace(ANA, organization_id=f"{PRACTICE_ID}-2"))
    assert members.of_organization(PRACTICE, PRACTICE_ID) == (ANA, BO)
    assert members.of_organization(OrganizationKind.LAB, LAB_ID) == (lab,)
    assert members.of_organization(OrganizationKind.LAB, "lab-9") == ()


def test_a_request_is_answered_once_and_stands_for_one_thing(members):
    members.invite(ANA, invited(ANA), request=a_request())
    with pytest.raises(AlreadyAnswered):
        members.invite(BO, invited(BO), request=a_request())
    assert members.find(PRACTICE, PRACTICE_ID, "bo") is None
    assert members.answered(a_request("other")) is None
    with pytest.raises(IdempotencyKeyReused):
        members.answered(a_request(body="other"))


@pytest.mark.parametrize("version", [1, 3])
def test_an_invitation_goes_on_from_the_version_that_is_stored(members, version):
    members.invite(ANA, invited(ANA), request=a_request("a"))
    with pytest.raises(StaleVersion) as refused:
        members.invite(replace(ANA, version=version), invited(ANA), request=a_request("b"))
    assert (refused.value.expected, refused.value.actual) == (version - 1, 1)
    members.invite(replace(ANA, version=2, name="Ana"), invited(ANA), request=a_request("b"))
    assert members.find(PRACTICE, PRACTICE_ID, "ana").name == "Ana"


def test_a_member_is_saved_over_the_version_that_was_read_only(members):
    members.put(ANA)
    active = replace(ANA, version=2, state=MemberState.ACTIVE, accepted_at=NOW, expires_at=None, is_settled=False)
    members.save(active, joined(active))
    assert members.find(PRACTICE, PRACTICE_ID, "ana") == active
    with pytest.raises(StaleVersion) as refused:
        members.save(active, joined(active))
    assert (refused.value.expected, refused.value.actual) == (1, 2)


def test_a_member_is_saved_only_while_the_one_who_stays_is_as_they_were(members):
    members.put(ANA, BO)
    with pytest.raises(StaleVersion):
        members.save(replace(ANA, version=2), joined(ANA), staying=replace(BO, version=2))
    assert members.find(PRACTICE, PRACTICE_ID, "ana") == ANA
    members.save(replace(ANA, version=2), joined(ANA), staying=BO)
    assert members.find(PRACTICE, PRACTICE_ID, "bo") == BO


def test_a_practice_joins_with_its_member(members, stores):
    practice = a_practice(registered_by=LAB_ID)
    stores.directory.put(practice)
    members.put(ANA)
    members.save(replace(ANA, version=2), joined(ANA), joins=practice)
    assert stores.directory.practice(PRACTICE_ID) == replace(practice, registered_by=None, version=2)


def test_a_practice_joins_once(members, stores):
    practice = a_practice(registered_by=LAB_ID)
    stores.directory.put(replace(practice, registered_by=None, version=2))
    members.put(ANA)
    with pytest.raises(StaleVersion):
        members.save(replace(ANA, version=2), joined(ANA), joins=practice)
    assert members.find(PRACTICE, PRACTICE_ID, "ana") == ANA
    assert stores.directory.practice(PRACTICE_ID).version == 2


def test_a_change_is_settled_unless_there_is_a_newer_one(members):
    members.put(replace(ANA, version=3, is_settled=False))
    members.settle(replace(ANA, version=2))
    assert not members.find(PRACTICE, PRACTICE_ID, "ana").is_settled
    members.settle(replace(ANA, version=3))
    assert members.find(PRACTICE, PRACTICE_ID, "ana") == replace(ANA, version=3)


def test_what_happens_to_a_person_is_announced_in_the_transaction_that_makes_it_true(moto_stores, clock):
    members = TableMembers(moto_stores.table, now=clock)
    members.invite(ANA, invited(ANA), request=a_request())
    members.save(replace(ANA, version=2), joined(ANA))
    told = moto_stores.table.partition("USER#ana", prefix=keys.EVENT_PREFIX)
    assert sorted(each["detail_type"] for each in told) == ["MemberInvited", "MemberJoined"]
    assert not [each for each in told if "Ana" in str(each) or "@" in str(each)]


def test_an_answer_is_forgotten_after_a_day(moto_stores, clock):
    members = TableMembers(moto_stores.table, now=clock)
    members.invite(ANA, invited(ANA), request=a_request())
    clock.at += timedelta(hours=24, seconds=1)
    assert members.answered(a_request()) is None
