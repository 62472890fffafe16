"""Who is around a fact, read from the table: each organization in one request, however many circles it is in."""

from collections.abc import Collection, Mapping
from typing import Final

from bitewing.aws import keys
from bitewing.aws.schemas import read_if_found, read_record
from bitewing.aws.table import Table
from bitewing.care_teams.site import Site
from bitewing.care_teams.store import stored_practices
from bitewing.cases.case import Case
from bitewing.cases.status import Party
from bitewing.directory.organization import Practice
from bitewing.home.announcement import PLATFORM
from bitewing.kernel.addresses import is_mail_address
from bitewing.kernel.caller import OrganizationKind, Role
from bitewing.members.member import Member, MemberState
from bitewing.notifications.audience import Addressee, Around, Circle
from bitewing.notifications.fact import Fact
from bitewing.notifications.reminder import ReminderKind
from bitewing.scheduling.period import SchedulingPeriod
from bitewing.scheduling.request import CaseDayRequest, RequestStatus

_PRACTICE, _LAB, _CARE_TEAM = OrganizationKind.PRACTICE, OrganizationKind.LAB, OrganizationKind.CARE_TEAM
#: The circles that are the people of one organization, with the field that names it; that of ``ORGANIZATION`` is of
#: the kind that the fact names, too, and there is one platform.
_NAMED_BY: Final[Mapping[Circle, tuple[OrganizationKind, str]]] = {
    Circle.PRACTICE: (_PRACTICE, "practice_id"),
    Circle.LAB: (_LAB, "lab_id"),
    Circle.CARE_TEAM: (_CARE_TEAM, "care_team_id"),
}
#: Who has taken a request back, or was told no, can still ask before it is too late.
_STANDS_NO_MORE: Final = frozenset({RequestStatus.WITHDRAWN, RequestStatus.REJECTED})
_Organization = tuple[OrganizationKind, str]


class TableSurroundings:
    """Keeps the port :class:`bitewing.notifications.ports.Surroundings` over the table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def around(self, fact: Fact, circles: Collection[Circle]) -> Around:
        """Return who is in these circles around a fact, and who did what it tells.

        One request for each organization, one more for the address of a practice and for who sent a case; for the
        practices of a period two, and two for each of them; one more for who has asked already, where the rest are
        reminded.
        """
        people = {each: self._people(each) for each in {_organization_of(fact, circle) for circle in circles} if each}

        def of(circle: Circle) -> tuple[Addressee, ...]:
            organization = _organization_of(fact, circle) if circle in circles else None
            return people[organization] if organization else ()

        return Around(
            actor_id=fact.id_of("actor_id"),
            sender_id=self._sender_id(fact) if Circle.SENDER in circles else "",
            practice=of(Circle.PRACTICE),
            practice_address=self._address(fact.id_of("practice_id")) if Circle.PRACTICE in circles else None,
            lab=of(Circle.LAB),
            care_team=of(Circle.CARE_TEAM),
            period_practices=self._of_period(fact) if Circle.PERIOD_PRACTICES in circles else (),
            organization=of(Circle.ORGANIZATION),
            platform=of(Circle.PLATFORM),
        )

    def addressee(self, kind: OrganizationKind, organization_id: str, addressee_id: str) -> Addressee | None:
        """Return a person, or the address of a practice, as they are now; ``None`` where they are gone. One request."""
        if addressee_id == organization_id:
            return self._address(organization_id)
        member = read_if_found(Member, self._table.get(keys.member(kind, organization_id, addressee_id)))
        return None if member is None else _addressee(member)

    def _people(self, organization: _Organization) -> tuple[Addressee, ...]:
        items = self._table.partition(keys.organization_partition(*organization), prefix=keys.MEMBER_PREFIX)
        found = (_addressee(read_record(Member, item)) for item in items)
        return tuple(each for each in found if each is not None)

    def _address(self, practice_id: str) -> Addressee | None:
        practice = read_if_found(Practice, self._table.get(keys.practice(practice_id)))
        if practice is None or not is_mail_address(practice.email):
            return None
        return Addressee(
            addressee_id=practice_id,
            organization_kind=_PRACTICE,
            organization_id=practice_id,
            email=practice.email,
            is_person=False,
        )

    def _sender_id(self, fact: Fact) -> str:
        case = read_if_found(Case, self._table.get(keys.case(fact.id_of("case_id"))))
        sent = case.submission if case is not None else None
        return sent.submitted_by if sent is not None and sent.sent_by is Party.PRACTICE else ""

    def _of_period(self, fact: Fact) -> tuple[Addressee, ...]:
        """Return the people of practices that know the care team, and have a site in a state that the period plans.

        Of those that are reminded to ask for days, only the ones that have not.
        """
        care_team_id, period_id = fact.id_of("care_team_id"), fact.id_of("period_id")
        period = read_if_found(SchedulingPeriod, self._table.get(keys.period(care_team_id, period_id)))
        if period is None:
            return ()
        is_reminder = fact.name == ReminderKind.REQUESTS_DUE
        have_asked = self._have_asked(care_team_id, period_id) if is_reminder else frozenset()
        return tuple(
            each
            for practice_id in stored_practices(self._table, care_team_id)
            if practice_id not in have_asked and self._has_site(practice_id, period.states)
            for each in self._people((_PRACTICE, practice_id))
        )

    def _have_asked(self, care_team_id: str, period_id: str) -> frozenset[str]:
        items = self._table.partition(keys.answers_partition(care_team_id, period_id), prefix=keys.REQUEST_PREFIX)
        requests = (read_record(CaseDayRequest, item) for item in items)
        return frozenset(each.practice_id for each in requests if each.status not in _STANDS_NO_MORE)

    def _has_site(self, practice_id: str, states: frozenset[str]) -> bool:
        items = self._table.partition(keys.practice_partition(practice_id), prefix=keys.SITE_PREFIX)
        sites = (read_record(Site, item) for item in items)
        return any(site.is_active and site.state in states for site in sites)


def _organization_of(fact: Fact, circle: Circle) -> _Organization | None:
    """Return the organization whose people a circle is; ``None`` where it is not one's, or the fact names none."""
    if circle is Circle.PLATFORM:
        return PLATFORM.kind, PLATFORM.organization_id
    if circle is Circle.ORGANIZATION:
        return OrganizationKind(fact.id_of("organization_kind")), fact.id_of("organization_id")
    if circle not in _NAMED_BY:
        return None
    kind, field = _NAMED_BY[circle]
    organization_id = fact.id_of(field)
    return (kind, organization_id) if organization_id else None


def _addressee(member: Member) -> Addressee | None:
    """Return how a member is told; ``None`` for whoever is not at work.

    A clinician who has not accepted the invitation yet can be on teams: they hear of what names them, at the address
    of the invitation and the number of their record, and find it in the portal when they join. Without an account they
    have no role, and hear of nothing else.
    """
    is_invited_clinician = member.state is MemberState.INVITED and Role.CLINICIAN in member.roles
    if member.state is not MemberState.ACTIVE and not is_invited_clinician:
        return None
    return Addressee(
        addressee_id=member.user_id,
        organization_kind=member.organization_kind,
        organization_id=member.organization_id,
        roles=member.roles if member.state is MemberState.ACTIVE else frozenset(),
        email=member.email,
    )
