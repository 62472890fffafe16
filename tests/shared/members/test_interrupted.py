"""Whatever fails between the table and the identity provider, the same request, sent again, ends what was begun."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest
from bitewing.kernel.caller import OrganizationKind, Role
from bitewing.kernel.errors import BitewingError
from bitewing.members.service import NewMember, OrganizationName

from tests.support.builders import LAB_ID, a_practice
from tests.support.callers import a_caller
from tests.support.people import ANA, People

ADMIN = frozenset({Role.PRACTICE_ADMIN})
LAB_ADMIN = a_caller(LAB_ID, OrganizationKind.LAB, Role.LAB_ADMIN, user_id="leo")
GUEST = NewMember(
    email="kim@guest.example",
    name="Kim Sato",
    roles=ADMIN,
    organization=OrganizationName(kind=OrganizationKind.PRACTICE, organization_id="guest"),
)


class PowerCut(Exception):
    """What no code foresees."""


@dataclass
class Fuse:
    """Counts what is asked of the ports, and cuts the power at one of these calls: before it is done, or after.

    Attributes:
        at: Number of the call, 1 for the first; 0 never.
    """

    at: int = 0
    is_after: bool = False
    calls: int = 0

    def guard(self, port: Any) -> Any:
        fuse = self

        class Guarded:
            def __getattr__(self, name: str) -> Any:
                real = getattr(port, name)
                return fuse.call(real) if callable(real) else real

        return Guarded()

    def call(self, real: Callable[..., Any]) -> Callable[..., Any]:
        def called(*args: Any, **named: Any) -> Any:
            self.calls += 1
            is_now = self.calls == self.at
            if is_now and not self.is_after:
                raise PowerCut
            answer = real(*args, **named)
            if is_now:
                raise PowerCut
            return answer

        return called


def invited(people: People) -> Callable[[], Any]:
    return people.invites


def invited_again(people: People) -> Callable[[], Any]:
    people.invites(key="earlier")
    return lambda: people.invites(replace(ANA, roles=ADMIN))


def invited_after_leaving(people: People) -> Callable[[], Any]:
    people.service.end(people.olga, people.accepts(people.invites(key="earlier")).user_id)
    return people.invites


def accepted(people: People) -> Callable[[], Any]:
    token = people.token_of(people.invites().user_id)
    return lambda: people.service.accept(token)


def accepted_by_the_first_of_a_practice(people: People) -> Callable[[], Any]:
    people.directory.put(a_practice(practice_id="guest", registered_by=LAB_ID))
    token = people.token_of(people.invites(GUEST, by=LAB_ADMIN).user_id)
    return lambda: people.service.accept(token)


def got_other_roles(people: People) -> Callable[[], Any]:
    ana = people.accepts(people.invites())
    return lambda: people.service.change_roles(people.olga, ana.user_id, ADMIN, expected_version=2)


def lost_the_role_of_an_administrator(people: People) -> Callable[[], Any]:
    ana = people.accepts(people.invites(replace(ANA, roles=ADMIN)))
    staff = frozenset({Role.PRACTICE_STAFF})
    return lambda: people.service.change_roles(people.olga, ana.user_id, staff, expected_version=2)


def mailed_again(people: People) -> Callable[[], Any]:
    user_id = people.invites().user_id
    return lambda: people.service.invite_again(people.olga, user_id)


def ended(people: People) -> Callable[[], Any]:
    ana = people.accepts(people.invites())
    return lambda: people.service.end(people.olga, ana.user_id)


def taken_back(people: People) -> Callable[[], Any]:
    user_id = people.invites().user_id
    return lambda: people.service.end(people.olga, user_id)


STORIES = (
    invited,
    invited_again,
    invited_after_leaving,
    accepted,
    accepted_by_the_first_of_a_practice,
    got_other_roles,
    lost_the_role_of_an_administrator,
    mailed_again,
    ended,
    taken_back,
)


def left(people: People) -> Any:
    """What stands in both places, without what only counts: how often something was mailed, and versions of mailing."""
    identities = people.identities
    return (
        {
            (each.email, each.state): (each.roles, each.is_settled, each.name, each.expires_at)
            for each in people.members.members.values()
        },
        {email: replace(identities.people[user_id], user_id="") for email, user_id in identities.emails.items()},
        {email for email, user_id in identities.emails.items() if user_id in identities.signed_in},
        set(identities.mails),
        people.directory.practices,
    )


def played(story: Callable[[People], Callable[[], Any]], fuse: Fuse, *, is_repeated: bool) -> People:
    """Play a story with ports that fail once, and then once more with ports that do not."""
    people = People()
    act = story(people)
    members, identities = people.members, people.identities
    people.members, people.identities = fuse.guard(members), fuse.guard(identities)
    try:
        act()
    except PowerCut:
        assert is_repeated
    people.members, people.identities = members, identities
    if is_repeated:
        act()
    return people


@pytest.mark.parametrize("story", STORIES)
def test_a_request_that_was_interrupted_anywhere_ends_as_if_it_had_not_been(story):
    whole = Fuse()
    expected = left(played(story, whole, is_repeated=False))
    assert whole.calls >= 3
    for number in range(1, whole.calls + 1):
        for is_after in (False, True):
            fuse = Fuse(at=number, is_after=is_after)
            assert left(played(story, fuse, is_repeated=True)) == expected, (number, is_after)


@pytest.mark.parametrize("story", STORIES)
def test_wherever_it_is_interrupted_nobody_has_a_role_that_the_table_does_not_give_them_or_gave_until_now(story):
    calm = Fuse()
    played(story, calm, is_repeated=False)
    for number in range(1, calm.calls + 1):
        people = People()
        act = story(people)
        before = {email: people.identities.people[uid].roles for email, uid in people.identities.emails.items()}
        fuse, members, identities = Fuse(at=number), people.members, people.identities
        people.members, people.identities = fuse.guard(members), fuse.guard(identities)
        with pytest.raises(PowerCut):
            act()
        for email, user_id in identities.emails.items():
            given = identities.people[user_id].roles
            member = next((each for each in members.members.values() if each.user_id == user_id), None)
            stored = member.roles if member and member.accepted_at else frozenset()
            assert given <= before.get(email, frozenset()) | stored


def test_a_change_that_is_decided_and_not_in_effect_is_shown_as_such():
    people = People()
    act = ended(people)
    people.identities = Fuse(at=1).guard(people.identities)
    with pytest.raises(PowerCut):
        act()
    shown = {each.email: each.is_settled for each in people.service.of_organization(people.olga)}
    assert shown == {ANA.email: False, "olga@practice.example": True}


def test_a_refusal_leaves_nothing_unsettled():
    people = People()
    with pytest.raises(BitewingError):
        people.service.end(people.olga, people.olga.user_id)
    assert all(each.is_settled for each in people.members.members.values())
