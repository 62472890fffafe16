"""Inviting, joining, roles, leaving: what is allowed, and what is left of it at each place."""

from dataclasses import replace
from datetime import timedelta

import pytest
from bitewing.kernel.caller import AlreadyAnswered, OrganizationKind, Role
from bitewing.kernel.errors import (
    EmailTaken,
    IdempotencyKeyReused,
    InvalidInput,
    InvitationExpired,
    InvitationNotOpen,
    LastAdmin,
    OrganizationHasAdmin,
    RequestInProgress,
    RoleNotAllowed,
    StaleVersion,
    Unknown,
)
from bitewing.kernel.identity import Identity
from bitewing.members.member import MemberState
from bitewing.members.service import NewMember, OrganizationName

from tests.support.builders import LAB_ID, PRACTICE_ID, a_practice
from tests.support.callers import CLINICIAN, FROM_LAB, FROM_PRACTICE, a_caller, a_request
from tests.support.care_teams import CARE_TEAM_ID, a_care_team
from tests.support.people import ANA
from tests.support.world import Interrupted

ADMIN, STAFF = frozenset({Role.PRACTICE_ADMIN}), frozenset({Role.PRACTICE_STAFF})
PLATFORM = a_caller("bitewing", OrganizationKind.PLATFORM, Role.PLATFORM_ADMIN, user_id="pia")
LAB_ADMIN = a_caller(LAB_ID, OrganizationKind.LAB, Role.LAB_ADMIN, user_id="leo")
GUEST = OrganizationName(kind=OrganizationKind.PRACTICE, organization_id="guest")
FIRST = NewMember(email="kim@guest.example", name="Kim Sato", roles=ADMIN, organization=GUEST)
NOT_ADMINS = [FROM_PRACTICE, FROM_LAB, CLINICIAN, a_caller(PRACTICE_ID, OrganizationKind.PRACTICE, Role.LAB_ADMIN)]


def test_an_invited_person_can_do_nothing_until_they_accept_and_then_what_was_meant(people):
    invited = people.invites()
    assert (invited.state, invited.invited_by) == (MemberState.INVITED, people.olga.user_id)
    assert people.identities.mails[-1] == ANA.email
    assert people.identities.names[invited.user_id] == ANA.name
    assert people.token_of(invited.user_id).roles == frozenset()
    who = people.accepts(invited)
    assert who.roles == STAFF
    assert who.organization_id == PRACTICE_ID
    member = people.member(invited.user_id)
    assert (member.state, member.is_settled, member.accepted_at) == (MemberState.ACTIVE, True, people.clock())
    assert people.told() == ["MemberInvited", "MemberJoined"]


def test_accepting_again_changes_nothing(people):
    invited = people.invites()
    who = people.accepts(invited)
    before = people.member(invited.user_id)
    assert people.service.accept(who) == before
    assert people.told() == ["MemberInvited", "MemberJoined"]


@pytest.mark.parametrize(
    ("after", "is_open"), [(timedelta(days=14), True), (timedelta(days=14, microseconds=1), False)]
)
def test_an_invitation_is_open_for_fourteen_days(people, after, is_open):
    invited = people.invites()
    people.clock.at += after
    if is_open:
        assert people.accepts(invited).roles == STAFF
    else:
        with pytest.raises(InvitationExpired):
            people.accepts(invited)
        assert people.token_of(invited.user_id).roles == frozenset()


def test_only_who_is_invited_can_accept(people):
    for stranger in (FROM_PRACTICE, replace(people.token_of(people.invites().user_id), organization_id="practice-2")):
        with pytest.raises(Unknown, match="invitation"):
            people.service.accept(stranger)


def test_the_same_request_invites_once(people):
    assert people.invites(key="a") == people.invites(key="a")
    assert people.identities.mails.count(ANA.email) == 1
    with pytest.raises(IdempotencyKeyReused):
        people.invites(replace(ANA, name="Other"), key="a")


def test_a_request_that_was_answered_in_the_meantime_gets_that_answer(people):
    def meanwhile():
        people.members.answers[people.olga.user_id, "a"] = (a_request("a", str(ANA)).fingerprint, answered)

    answered = people.invites(key="b")
    people.members = Interrupted(people.members, "invite", meanwhile)
    assert people.invites(key="a") == answered


def test_an_answer_that_is_gone_again_is_that_of_the_invitation_itself(people):
    class Forgetful:
        def __init__(self, members):
            self.members = members

        def __getattr__(self, name):
            return getattr(self.members, name)

        def answered(self, _request):
            return None

        def invite(self, *_args, **_named):
            raise AlreadyAnswered

    people.members = Forgetful(people.members)
    assert people.invites().email == ANA.email


def test_who_is_invited_again_has_what_was_asked_for_last_and_fourteen_more_days(people):
    first = people.invites(key="a")
    people.clock.advance(days=20)
    again = people.invites(replace(ANA, name="Ana de Lima", roles=ADMIN), key="b")
    assert (again.user_id, again.name, again.roles, again.version) == (first.user_id, "Ana de Lima", ADMIN, 2)
    assert again.expires_at == people.clock() + timedelta(days=14)
    assert people.identities.mails.count(ANA.email) == 2
    assert people.accepts(again).roles == ADMIN


def test_two_who_invite_the_same_person_again_do_not_overwrite_each_other(people):
    people.invites(key="a")
    people.members = Interrupted(people.members, "invite", lambda: people.invites(replace(ANA, roles=ADMIN), key="b"))
    with pytest.raises(RequestInProgress):
        people.invites(key="c")
    assert people.member(people.identities.emails[ANA.email]).roles == ADMIN


def test_an_address_of_somebody_at_work_is_taken(people):
    people.accepts(people.invites())
    with pytest.raises(EmailTaken):
        people.invites(key="b")


def test_an_address_that_another_organization_has_invited_is_taken_until_the_invitation_expires(people):
    theirs = people.invites(by=LAB_ADMIN, new=replace(ANA, roles=frozenset({Role.LAB_STAFF})), key="a")
    with pytest.raises(EmailTaken):
        people.invites(key="b")
    people.clock.advance(days=15)
    ours = people.invites(key="c")
    assert (ours.user_id != theirs.user_id, people.accepts(ours).organization_id) == (True, PRACTICE_ID)
    with pytest.raises(EmailTaken):
        people.service.invite_again(LAB_ADMIN, theirs.user_id)


@pytest.mark.parametrize(
    "changes",
    [
        {"organization_id": None, "organization_kind": None},
        {"organization_id": "lab-9", "organization_kind": OrganizationKind.LAB},
        {"roles": STAFF},
        {"is_enabled": False},
    ],
)
def test_a_person_whom_no_invitation_made_is_left_alone(people, changes):
    identity = Identity(
        user_id="by-hand",
        organization_kind=OrganizationKind.PRACTICE,
        organization_id=PRACTICE_ID,
        roles=frozenset(),
        is_enabled=True,
    )
    people.identities.emails[ANA.email] = "by-hand"
    people.identities.people["by-hand"] = replace(identity, **changes)
    with pytest.raises(EmailTaken):
        people.invites()
    assert people.identities.people["by-hand"] == replace(identity, **changes)


def test_who_left_can_be_invited_anywhere_as_a_new_person(people):
    old = people.accepts(people.invites(key="a"))
    people.service.end(people.olga, old.user_id)
    new = people.invites(replace(ANA, roles=frozenset({Role.LAB_STAFF})), key="b", by=LAB_ADMIN)
    assert new.user_id != old.user_id
    who = people.accepts(new)
    assert (who.organization_id, who.roles) == (LAB_ID, {Role.LAB_STAFF})
    assert old.user_id not in people.identities.people
    assert people.member(old.user_id).state is MemberState.ENDED


@pytest.mark.parametrize("roles", [frozenset(), frozenset({Role.LAB_STAFF}), STAFF | {Role.PLATFORM_ADMIN}])
def test_an_organization_gives_its_own_roles_only(people, roles):
    with pytest.raises(InvalidInput) as refused:
        people.invites(replace(ANA, roles=roles))
    assert refused.value.errors[0].pointer == "/roles"
    with pytest.raises(InvalidInput):
        people.service.change_roles(people.olga, people.olga.user_id, roles, expected_version=2)
    assert people.told() == []


@pytest.mark.parametrize("caller", NOT_ADMINS)
def test_only_administrators_of_the_organization_manage_its_people(people, caller):
    user_id = people.olga.user_id
    for ask in (
        lambda: people.service.of_organization(caller),
        lambda: people.service.read(caller, user_id),
        lambda: people.invites(by=caller),
        lambda: people.invites(FIRST, by=caller),
        lambda: people.service.change_roles(caller, user_id, STAFF, expected_version=2),
        lambda: people.service.invite_again(caller, user_id),
        lambda: people.service.end(caller, user_id),
    ):
        with pytest.raises(RoleNotAllowed):
            ask()


def test_administrators_see_their_own_people_by_name_and_no_others(people):
    people.invites()
    people.works("zoe@lab.example", Role.LAB_STAFF, kind=OrganizationKind.LAB, organization_id=LAB_ID)
    assert [each.name for each in people.service.of_organization(people.olga)] == ["Ana Lima", "olga@practice.example"]
    assert [each.name for each in people.service.of_organization(LAB_ADMIN)] == ["zoe@lab.example"]
    with pytest.raises(Unknown, match="member"):
        people.service.read(LAB_ADMIN, people.olga.user_id)
    assert people.service.read(people.olga, people.olga.user_id).roles == ADMIN


# --- Roles ------------------------------------------------------------------------------------------------------------


def test_who_gets_other_roles_is_signed_out_and_has_them_in_the_next_token(people):
    ana = people.accepts(people.invites())
    changed = people.service.change_roles(people.olga, ana.user_id, ADMIN, expected_version=2)
    assert (changed.version, changed.is_settled) == (3, True)
    assert people.token_of(ana.user_id).roles == ADMIN
    assert ana.user_id not in people.identities.signed_in
    assert people.told()[-1] == "MemberRolesChanged"


def test_roles_that_a_person_has_already_change_nothing(people):
    ana = people.accepts(people.invites())
    assert people.service.change_roles(people.olga, ana.user_id, STAFF, expected_version=2).version == 2
    assert ana.user_id in people.identities.signed_in
    assert people.told()[-1] == "MemberJoined"


def test_who_is_invited_gets_the_roles_that_they_are_given_meanwhile(people):
    invited = people.invites()
    people.service.change_roles(people.olga, invited.user_id, ADMIN, expected_version=1)
    assert people.token_of(invited.user_id).roles == frozenset()
    assert people.accepts(invited).roles == ADMIN


def test_a_change_to_a_version_that_is_no_more_is_refused(people):
    ana = people.accepts(people.invites())
    with pytest.raises(StaleVersion) as refused:
        people.service.change_roles(people.olga, ana.user_id, ADMIN, expected_version=1)
    assert (refused.value.expected, refused.value.actual) == (1, 2)


def test_who_is_gone_has_no_roles_to_change(people):
    ana = people.accepts(people.invites())
    people.service.end(people.olga, ana.user_id)
    for user_id in (ana.user_id, "nobody"):
        with pytest.raises(Unknown, match="member"):
            people.service.change_roles(people.olga, user_id, ADMIN, expected_version=3)


def test_the_last_administrator_stays_one(people):
    people.accepts(people.invites())
    people.invites(replace(ANA, email="bo@practice.example", roles=ADMIN), key="b")
    with pytest.raises(LastAdmin):
        people.service.change_roles(people.olga, people.olga.user_id, STAFF, expected_version=2)
    with pytest.raises(LastAdmin):
        people.service.end(people.olga, people.olga.user_id)
    both = people.service.change_roles(people.olga, people.olga.user_id, ADMIN | STAFF, expected_version=2)
    assert both.roles == ADMIN | STAFF


def test_an_administrator_can_go_when_another_stays(people):
    ana = people.accepts(people.invites(replace(ANA, roles=ADMIN)))
    people.service.change_roles(people.olga, people.olga.user_id, STAFF, expected_version=2)
    with pytest.raises(LastAdmin):
        people.service.end(ana, ana.user_id)


@pytest.mark.parametrize(
    "act",
    [
        lambda service, who, user_id: service.end(who, user_id),
        lambda service, who, user_id: service.change_roles(who, user_id, STAFF, expected_version=2),
    ],
    ids=["access", "role"],
)
def test_of_two_administrators_who_remove_each_other_at_once_one_stays(people, act):
    ana = people.accepts(people.invites(replace(ANA, roles=ADMIN)))

    def ana_is_faster():
        people.members = plain
        people.service.end(ana, people.olga.user_id)

    plain = people.members
    people.members = Interrupted(plain, "save", ana_is_faster)
    with pytest.raises(RequestInProgress):
        act(people.service, people.olga, ana.user_id)
    assert people.token_of(ana.user_id).roles == ADMIN
    assert people.member(ana.user_id).is_admin
    assert not people.member(people.olga.user_id).is_admin


@pytest.mark.parametrize("is_later", [False, True])
def test_of_two_changes_at_once_the_one_that_stands_is_in_effect_whoever_tells_it_last(people, is_later):
    """The first is told before or after the second was told: either way the token has what the table says."""
    ana, bo = people.accepts(people.invites(key="a")), ADMIN | STAFF
    user_id, plain = ana.user_id, people.identities

    def second():
        people.identities = plain
        people.service.change_roles(people.olga, user_id, STAFF, expected_version=3)

    people.identities = Interrupted(plain, "sign_out" if is_later else "set_roles", second)
    changed = people.service.change_roles(people.olga, user_id, bo, expected_version=2)
    assert people.token_of(user_id).roles == people.member(user_id).roles == STAFF
    assert (changed.version, changed.roles, people.member(user_id).is_settled) == (4, STAFF, True)


def test_who_loses_a_role_while_they_accept_does_not_get_it(people):
    invited = people.invites(replace(ANA, roles=ADMIN))
    plain = people.identities

    def demoted():
        people.identities = plain
        people.identities.signed_in.add(invited.user_id)
        people.service.change_roles(people.olga, invited.user_id, STAFF, expected_version=2)
        people.identities.signed_in.add(invited.user_id)

    people.identities = Interrupted(plain, "set_roles", demoted)
    member = people.service.accept(people.token_of(invited.user_id))
    assert (member.roles, people.token_of(invited.user_id).roles) == (STAFF, STAFF)
    assert invited.user_id not in plain.signed_in


def test_whose_access_ends_while_others_change_their_roles_stays_out(people):
    ana = people.accepts(people.invites())
    plain = people.identities

    def ends():
        people.identities = plain
        people.service.end(people.olga, ana.user_id)
        plain.people[ana.user_id] = replace(plain.people[ana.user_id], is_enabled=True)

    people.identities = Interrupted(plain, "set_roles", ends)
    changed = people.service.change_roles(people.olga, ana.user_id, ADMIN, expected_version=2)
    assert changed.state is MemberState.ENDED
    assert not plain.people[ana.user_id].is_enabled


# --- Mailing again, leaving -------------------------------------------------------------------------------------------


def test_an_invitation_is_mailed_again_and_lasts_anew(people):
    invited = people.invites()
    people.clock.advance(days=15)
    again = people.service.invite_again(people.olga, invited.user_id)
    assert (again.version, again.expires_at) == (2, people.clock() + timedelta(days=14))
    assert people.identities.mails.count(ANA.email) == 2
    assert people.accepts(again).roles == STAFF


def test_an_invitation_that_is_not_open_is_not_mailed(people):
    ana = people.accepts(people.invites())
    with pytest.raises(InvitationNotOpen) as refused:
        people.service.invite_again(people.olga, ana.user_id)
    assert refused.value.facts() == {"member_state": "active"}
    assert people.identities.mails.count(ANA.email) == 1


def test_an_invitation_whose_person_is_not_known_any_more_is_not_mailed(people):
    invited = people.invites()
    people.identities.delete(invited.user_id)
    with pytest.raises(EmailTaken):
        people.service.invite_again(people.olga, invited.user_id)


def test_who_left_can_sign_in_no_more_and_stays_on_record(people):
    ana = people.accepts(people.invites())
    gone = people.service.end(people.olga, ana.user_id)
    assert (gone.state, gone.is_settled, gone.ended_by) == (MemberState.ENDED, True, people.olga.user_id)
    assert not people.identities.people[ana.user_id].is_enabled
    assert ana.user_id not in people.identities.signed_in
    assert people.service.end(people.olga, ana.user_id) == people.member(ana.user_id)
    assert people.told()[-1] == "MemberLeft"
    assert people.told().count("MemberLeft") == 1


def test_an_invitation_that_was_taken_back_cannot_be_accepted(people):
    invited = people.invites()
    token = people.token_of(invited.user_id)
    people.service.end(people.olga, invited.user_id)
    with pytest.raises(Unknown, match="invitation"):
        people.service.accept(token)
    assert people.token_of(invited.user_id).roles == frozenset()


# --- First administrators ---------------------------------------------------------------------------------------------


def test_the_platform_invites_the_first_administrator_of_a_lab_and_no_second(people):
    lab = OrganizationName(kind=OrganizationKind.LAB, organization_id=LAB_ID)
    first = replace(FIRST, roles=frozenset({Role.LAB_ADMIN}), organization=lab)
    who = people.accepts(people.invites(first, by=PLATFORM))
    assert (who.organization_kind, who.organization_id) == (OrganizationKind.LAB, LAB_ID)
    with pytest.raises(OrganizationHasAdmin):
        people.invites(replace(first, email="second@lab.example"), key="b", by=PLATFORM)


@pytest.mark.parametrize("by", [PLATFORM, LAB_ADMIN])
def test_a_practice_that_a_lab_entered_joins_with_its_first_administrator(people, by):
    people.directory.put(a_practice(practice_id="guest", registered_by=LAB_ID))
    who = people.accepts(people.invites(FIRST, by=by))
    assert (who.organization_id, who.roles) == ("guest", ADMIN)
    assert not people.directory.practice("guest").is_guest
    assert people.members.events[-1].is_first


SPY = replace(FIRST, email="spy@lab.example", name="Sam Pye")


def test_of_first_administrators_who_are_invited_one_after_the_other_the_last_invitation_is_open(people):
    people.directory.put(a_practice(practice_id="guest", registered_by=LAB_ID))
    spy, kim = people.invites(SPY, key="a", by=LAB_ADMIN), people.invites(FIRST, key="b", by=LAB_ADMIN)
    token = people.token_of(spy.user_id)
    with pytest.raises(Unknown, match="invitation"):
        people.service.accept(token)
    assert not people.identities.people[spy.user_id].is_enabled
    assert (people.member(spy.user_id).state, people.member(spy.user_id).is_settled) == (MemberState.ENDED, True)
    assert people.accepts(kim).roles == ADMIN
    assert people.told() == ["MemberInvited", "MemberLeft", "MemberInvited", "MemberJoined"]


def test_who_is_invited_as_first_administrator_again_is_not_taken_back(people):
    people.directory.put(a_practice(practice_id="guest", registered_by=LAB_ID))
    first, again = people.invites(FIRST, key="a", by=LAB_ADMIN), people.invites(FIRST, key="b", by=PLATFORM)
    assert (again.user_id, people.accepts(again).roles) == (first.user_id, ADMIN)


@pytest.mark.parametrize("roles", [ADMIN, STAFF])
def test_an_invitation_from_outside_is_taken_back_once_somebody_administrates(people, roles):
    """Two of a lab that invite at the same moment leave two invitations: the first who accepts is the only one."""
    people.directory.put(a_practice(practice_id="guest", registered_by=LAB_ID))
    spy = people.invites(SPY, key="a", by=LAB_ADMIN)
    kim = people.invites(FIRST, key="b", by=LAB_ADMIN)
    people.members.put(replace(spy, roles=roles))
    people.identities.people[spy.user_id] = replace(people.identities.people[spy.user_id], is_enabled=True)
    people.accepts(kim)
    token = people.token_of(spy.user_id)
    with pytest.raises(OrganizationHasAdmin):
        people.service.accept(token)
    with pytest.raises(Unknown, match="invitation"):
        people.service.accept(token)
    identity = people.identities.people[spy.user_id]
    assert (identity.roles, identity.is_enabled) == (frozenset(), False)
    assert people.told()[-1] == "MemberLeft"


def test_of_two_from_outside_who_accept_at_the_same_moment_one_comes_in(people):
    people.directory.put(a_practice(practice_id="guest", registered_by=LAB_ID))
    spy, kim = people.invites(SPY, key="a", by=LAB_ADMIN), people.invites(FIRST, key="b", by=LAB_ADMIN)
    people.members.put(spy)

    def kim_is_faster():
        people.members = plain
        people.accepts(kim)

    plain = people.members
    people.members = Interrupted(plain, "save", kim_is_faster)
    with pytest.raises(RequestInProgress):
        people.service.accept(people.token_of(spy.user_id))
    with pytest.raises(OrganizationHasAdmin):
        people.service.accept(people.token_of(spy.user_id))
    assert people.token_of(spy.user_id).roles == frozenset()


@pytest.mark.parametrize("again", ["mailed", "invited"])
def test_whom_an_administrator_invites_again_comes_from_inside(people, again):
    people.directory.put(a_practice(practice_id="guest", registered_by=LAB_ID))
    spy, kim = people.invites(SPY, key="a", by=LAB_ADMIN), people.accepts(people.invites(FIRST, key="b", by=LAB_ADMIN))
    people.members.put(spy)
    people.identities.people[spy.user_id] = replace(people.identities.people[spy.user_id], is_enabled=True)
    if again == "mailed":
        people.service.invite_again(kim, spy.user_id)
    else:
        people.invites(replace(SPY, organization=None, roles=STAFF), key="c", by=kim)
    assert people.accepts(spy).roles == (ADMIN if again == "mailed" else STAFF)


@pytest.mark.parametrize(
    ("by", "organization"),
    [
        (LAB_ADMIN, GUEST),
        (LAB_ADMIN, OrganizationName(kind=OrganizationKind.PRACTICE, organization_id="nowhere")),
        (LAB_ADMIN, OrganizationName(kind=OrganizationKind.LAB, organization_id=LAB_ID)),
        (PLATFORM, OrganizationName(kind=OrganizationKind.PRACTICE, organization_id="nowhere")),
        (PLATFORM, OrganizationName(kind=OrganizationKind.LAB, organization_id="nowhere")),
        (PLATFORM, OrganizationName(kind=OrganizationKind.CARE_TEAM, organization_id="nowhere")),
        (PLATFORM, OrganizationName(kind=OrganizationKind.PLATFORM, organization_id="bitewing")),
        (LAB_ADMIN, OrganizationName(kind=OrganizationKind.CARE_TEAM, organization_id=CARE_TEAM_ID)),
    ],
)
def test_nobody_is_invited_to_an_organization_that_is_not_there_or_not_for_the_one_who_invites(
    people, by, organization
):
    people.directory.put(a_practice(practice_id="guest", registered_by="lab-2"))
    people.care_teams.known[CARE_TEAM_ID] = a_care_team()
    with pytest.raises(InvalidInput) as refused:
        people.invites(replace(FIRST, organization=organization), by=by)
    assert refused.value.errors[0].pointer.startswith(("/organization", "/roles"))
    assert people.told() == []


def test_the_platform_invites_the_first_manager_of_a_care_team(people):
    people.care_teams.known[CARE_TEAM_ID] = a_care_team()
    vans = OrganizationName(kind=OrganizationKind.CARE_TEAM, organization_id=CARE_TEAM_ID)
    first = replace(FIRST, organization=vans, roles=frozenset({Role.MANAGER}))
    with pytest.raises(InvalidInput, match="has the role manager"):
        people.invites(replace(first, roles=frozenset({Role.CLINICIAN})), key="a", by=PLATFORM)
    manager = people.accepts(people.invites(first, key="b", by=PLATFORM))
    assert (manager.organization_kind, manager.organization_id) == (OrganizationKind.CARE_TEAM, CARE_TEAM_ID)
    assert manager.roles == {Role.MANAGER}


def test_a_lab_can_invite_nobody_to_a_practice_that_has_joined(people):
    people.directory.put(a_practice(practice_id="guest", registered_by=None))
    with pytest.raises(InvalidInput, match="entered no such practice"):
        people.invites(FIRST, by=LAB_ADMIN)


def test_the_first_person_of_an_organization_administrates_it(people):
    people.directory.put(a_practice(practice_id="guest", registered_by=LAB_ID))
    with pytest.raises(InvalidInput, match="has the role practice_admin"):
        people.invites(replace(FIRST, roles=STAFF), by=LAB_ADMIN)


def test_a_member_of_a_practice_that_the_directory_does_not_know_joins_alone(people):
    who = people.works("ed@other.example", Role.PRACTICE_ADMIN, organization_id="practice-2")
    assert who.roles == ADMIN
    assert not people.members.events[-1].is_first
