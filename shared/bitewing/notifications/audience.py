"""From a fact and what is looked up around it to people: each once, and nobody of what they did themselves."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from bitewing.kernel.caller import LAB_ROLES, PRACTICE_ROLES, OrganizationKind, Role
from bitewing.members.member import ADMIN_OF
from bitewing.notifications.fact import Fact
from bitewing.notifications.rule import Audience, Channel, Rule, Urgency, most_urgent


@dataclass(frozen=True, slots=True, kw_only=True)
class Addressee:
    """Somebody who can be told: a person, or the address of an organization.

    Attributes:
        addressee_id: The person's user id; of an address the id of its organization.
        email: Where mails go; empty where nowhere.
        is_person: Whether somebody can sign in; an address is only mailed to.
    """

    addressee_id: str
    organization_kind: OrganizationKind
    organization_id: str
    roles: frozenset[Role] = frozenset()
    email: str = field(default="", repr=False)
    is_person: bool = True


class Circle(StrEnum):
    """What is looked up around a fact, each in one request."""

    PRACTICE = "practice"
    """The people at work in the practice that the fact names, and its address."""
    LAB = "lab"
    CARE_TEAM = "care_team"
    PERIOD_PRACTICES = "period_practices"
    ORGANIZATION = "organization"
    """The people of the organization that the fact is about, the person that it names among them."""
    PLATFORM = "platform"
    SENDER = "sender"
    """Who last sent the case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What was looked up around a fact; what no rule needs is empty.

    Attributes:
        actor_id: Who did what is told; empty where nobody did, or nobody knows.
        sender_id: Who last sent the case; empty where nobody of its practice did.
        practice: People at work in the practice that the fact names.
        practice_address: Its address; ``None`` where it has none.
        lab: People at work in the lab that the fact names.
        care_team: People at work in the care team that it names.
        period_practices: People at work in practices with a site that the period plans; of those that are reminded
            to ask, without the practices that have.
        organization: People of the organization that it is about.
        platform: People who administrate the platform.
    """

    actor_id: str = ""
    sender_id: str = ""
    practice: tuple[Addressee, ...] = ()
    practice_address: Addressee | None = None
    lab: tuple[Addressee, ...] = ()
    care_team: tuple[Addressee, ...] = ()
    period_practices: tuple[Addressee, ...] = ()
    organization: tuple[Addressee, ...] = ()
    platform: tuple[Addressee, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Hearing:
    """How one addressee hears of one fact.

    Attributes:
        templates: In which words, by channel.
        rule_ids: The rules that say so: what a dry run shows, and the log of deliveries.
    """

    addressee: Addressee
    templates: Mapping[Channel, str]
    urgency: Urgency
    rule_ids: tuple[str, ...]


#: What has to be looked up to find an audience.
CIRCLES: Final[Mapping[Audience, frozenset[Circle]]] = {
    Audience.PRACTICE_OF_CASE: frozenset({Circle.PRACTICE}),
    Audience.DENTISTS_SIDE: frozenset({Circle.PRACTICE, Circle.SENDER}),
    Audience.PRACTICE_ADDRESS: frozenset({Circle.PRACTICE}),
    Audience.LAB_OF_CASE: frozenset({Circle.LAB}),
    Audience.MEMBERS_OF_TEAM: frozenset({Circle.CARE_TEAM}),
    Audience.CLINICIAN_NAMED: frozenset({Circle.CARE_TEAM}),
    Audience.CLINICIANS_OF_CARE_TEAM: frozenset({Circle.CARE_TEAM}),
    Audience.MANAGERS_OF_CARE_TEAM: frozenset({Circle.CARE_TEAM}),
    Audience.PRACTICE_OF_DAY: frozenset({Circle.PRACTICE}),
    Audience.PRACTICES_OF_PERIOD: frozenset({Circle.PERIOD_PRACTICES}),
    Audience.PRACTICE_ADMINS: frozenset({Circle.PRACTICE}),
    Audience.LAB_ADMINS: frozenset({Circle.LAB}),
    Audience.ADMINS_OF_ORGANIZATION: frozenset({Circle.ORGANIZATION}),
    Audience.PERSON_NAMED: frozenset({Circle.ORGANIZATION}),
    Audience.PLATFORM: frozenset({Circle.PLATFORM}),
}


def circles_of(rules: Iterable[Rule]) -> frozenset[Circle]:
    """Return what has to be looked up to tell people by these rules: nothing for those that only tell systems."""
    return frozenset(circle for rule in rules if _tells_people(rule) for circle in CIRCLES[rule.audience])


def hearings(fact: Fact, rules: Iterable[Rule], around: Around) -> tuple[Hearing, ...]:
    """Return who hears of a fact, each once, in the order of the rules.

    Args:
        fact: What is told.
        rules: Those that apply to it.
        around: What was looked up for them.
    """
    found: dict[str, tuple[Addressee, list[Rule]]] = {}
    for rule in rules:
        if not _tells_people(rule):
            continue
        for each in audience_of(rule.audience, fact, around):
            if each.addressee_id != around.actor_id:
                found.setdefault(each.addressee_id, (each, []))[1].append(rule)
    told = tuple(_hearing(fact, each, by) for each, by in found.values())
    return tuple(each for each in told if not _is_needless(each, told))


def audience_of(audience: Audience, fact: Fact, around: Around) -> tuple[Addressee, ...]:
    """Return everybody of an audience; whoever did it themselves is among them."""
    return tuple(dict.fromkeys(_FINDERS[audience](fact, around)))


def _tells_people(rule: Rule) -> bool:
    return not rule.channels <= {Channel.WEBHOOK}


def _hearing(fact: Fact, addressee: Addressee, rules: list[Rule]) -> Hearing:
    templates: dict[Channel, str] = {}
    for rule in rules:
        for channel in sorted(rule.channels - {Channel.WEBHOOK}):
            # An address is mailed to, and has no portal and no phone.
            if addressee.is_person or channel is Channel.EMAIL:
                templates.setdefault(channel, rule.template)
    return Hearing(
        addressee=addressee,
        templates=templates,
        urgency=most_urgent(rule.urgency_of(fact) for rule in rules),
        rule_ids=tuple(rule.rule_id for rule in rules),
    )


def _is_needless(hearing: Hearing, told: Iterable[Hearing]) -> bool:
    """Whether an address is told nothing, or what somebody who reads there is mailed already."""
    if not hearing.templates:
        return True
    if hearing.addressee.is_person:
        return False
    mailed_to = {
        each.addressee.email.casefold() for each in told if each.addressee.is_person and Channel.EMAIL in each.templates
    }
    return hearing.addressee.email.casefold() in mailed_to


_Finder = Callable[[Fact, Around], Iterable[Addressee]]


def _of(people: Iterable[Addressee], roles: frozenset[Role]) -> tuple[Addressee, ...]:
    return tuple(each for each in people if each.roles & roles)


def _address(around: Around) -> tuple[Addressee, ...]:
    address = around.practice_address
    return (address,) if address is not None and address.email else ()


def _practice(around: Around) -> tuple[Addressee, ...]:
    return _of(around.practice, PRACTICE_ROLES) or _address(around)


def _dentists_side(_: Fact, around: Around) -> tuple[Addressee, ...]:
    sender = (each for each in _of(around.practice, PRACTICE_ROLES) if each.addressee_id == around.sender_id)
    return tuple(sender) or _practice(around)


def _by_id(people: Iterable[Addressee], ids: Iterable[str]) -> tuple[Addressee, ...]:
    wanted = frozenset(ids)
    return tuple(each for each in people if each.addressee_id in wanted)


def _members(fact: Fact, around: Around) -> tuple[Addressee, ...]:
    return _by_id(around.care_team, fact.ids_of("concerns" if "concerns" in fact.detail else "members"))


def _managers(fact: Fact, around: Around) -> tuple[Addressee, ...]:
    is_for_them = fact.detail.get("concerns_managers", True)
    return _of(around.care_team, frozenset({Role.MANAGER})) if is_for_them else ()


def _practice_of_day(fact: Fact, around: Around) -> tuple[Addressee, ...]:
    return _practice(around) if fact.detail.get("concerns_practice", True) else ()


def _admins(_: Fact, around: Around) -> tuple[Addressee, ...]:
    return tuple(each for each in around.organization if ADMIN_OF[each.organization_kind] in each.roles)


_FINDERS: Final[Mapping[Audience, _Finder]] = {
    Audience.PRACTICE_OF_CASE: lambda _, around: _practice(around),
    Audience.DENTISTS_SIDE: _dentists_side,
    Audience.PRACTICE_ADDRESS: lambda _, around: _address(around),
    Audience.LAB_OF_CASE: lambda _, around: _of(around.lab, LAB_ROLES),
    Audience.MEMBERS_OF_TEAM: _members,
    Audience.CLINICIAN_NAMED: lambda fact, around: _by_id(around.care_team, (fact.id_of("clinician_id"),)),
    Audience.CLINICIANS_OF_CARE_TEAM: lambda _, around: _of(around.care_team, frozenset({Role.CLINICIAN})),
    Audience.MANAGERS_OF_CARE_TEAM: _managers,
    Audience.PRACTICE_OF_DAY: _practice_of_day,
    Audience.PRACTICES_OF_PERIOD: lambda _, around: _of(around.period_practices, PRACTICE_ROLES),
    Audience.PRACTICE_ADMINS: lambda _, around: _of(around.practice, frozenset({Role.PRACTICE_ADMIN})),
    Audience.LAB_ADMINS: lambda _, around: _of(around.lab, frozenset({Role.LAB_ADMIN})),
    Audience.ADMINS_OF_ORGANIZATION: _admins,
    Audience.PERSON_NAMED: lambda fact, around: _by_id(around.organization, (fact.id_of("user_id"),)),
    Audience.PLATFORM: lambda _, around: _of(around.platform, frozenset({Role.PLATFORM_ADMIN})),
}
