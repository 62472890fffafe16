"""How people are told, read from the table: what they prefer, where they live, and what of them is marked."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from bitewing.aws import keys
from bitewing.aws.schemas import read_if_found
from bitewing.aws.table import Table
from bitewing.care_teams.care_team import CareTeam
from bitewing.care_teams.clinician import Clinician
from bitewing.directory.organization import Lab, Practice
from bitewing.home.preferences import Preferences
from bitewing.kernel.caller import OrganizationKind
from bitewing.members.member import Member, MemberState
from bitewing.notifications.audience import Addressee
from bitewing.notifications.mark import Mark
from bitewing.notifications.ports import Profile
from bitewing.notifications.rule import Channel

#: Keys that one request reads.
_BATCH: Final = 100
#: What can be marked.
_MARKED: Final = (Channel.EMAIL, Channel.TEXT)
#: By whose clock somebody lives of whom nobody has said it.
_NO_ZONE: Final = "UTC"
_Found = Mapping[tuple[str, str], Mapping[str, Any]]
_Organization = Practice | Lab | CareTeam


class TableProfiles:
    """Keeps the port :class:`bitewing.notifications.ports.Profiles` over the table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def of(self, addressees: Iterable[Addressee]) -> Mapping[str, Profile]:
        """Return the profiles of addressees by their ids.

        One request for each hundred keys, which are up to five for each person and one for each organization; one more
        where a practice has not joined and has no time zone of its own.
        """
        wanted = tuple(addressees)
        found = self._read({(key["pk"], key["sk"]) for each in wanted for key in _keys_of(each)})
        organizations = {_key(each): _organization(each, found) for each in wanted}
        hosts = {lab_id for each in organizations.values() if (lab_id := _host_of(each)) is not None}
        labs = self._read({_pair(keys.lab(lab_id)) for lab_id in hosts})
        return {each.addressee_id: _profile(each, organizations[_key(each)], {**found, **labs}) for each in wanted}

    def _read(self, wanted: set[tuple[str, str]]) -> _Found:
        in_order = [{"pk": pk, "sk": sk} for pk, sk in sorted(wanted)]
        batches = (in_order[start : start + _BATCH] for start in range(0, len(in_order), _BATCH))
        items = (item for batch in batches for item in self._table.get_all(batch, is_consistent=True))
        return {_pair(item): item for item in items}


def _key(addressee: Addressee) -> tuple[str, str]:
    """Return the key of the organization that an addressee belongs to."""
    match addressee.organization_kind:
        case OrganizationKind.PRACTICE:
            return _pair(keys.practice(addressee.organization_id))
        case OrganizationKind.LAB:
            return _pair(keys.lab(addressee.organization_id))
        case _:
            # The platform has no record of its own, and is found nowhere.
            return _pair(keys.care_team(addressee.organization_id))


def _keys_of(addressee: Addressee) -> Iterator[keys.Key]:
    kind, organization_id = addressee.organization_kind, addressee.organization_id
    if kind is not OrganizationKind.PLATFORM:
        pk, sk = _key(addressee)
        yield {"pk": pk, "sk": sk}
    yield from (keys.mark(kind, organization_id, addressee.addressee_id, channel) for channel in _MARKED)
    if not addressee.is_person:
        return
    yield keys.member(kind, organization_id, addressee.addressee_id)
    yield keys.preferences(kind, organization_id, addressee.addressee_id)
    if kind is OrganizationKind.CARE_TEAM:
        yield keys.clinician(organization_id, addressee.addressee_id)


def _organization(addressee: Addressee, found: _Found) -> _Organization | None:
    item = found.get(_key(addressee))
    match addressee.organization_kind:
        case OrganizationKind.PRACTICE:
            return read_if_found(Practice, item)
        case OrganizationKind.LAB:
            return read_if_found(Lab, item)
        case _:
            return read_if_found(CareTeam, item)


def _host_of(organization: _Organization | None) -> str | None:
    """Return the lab by whose clock a practice lives that has not joined and has no time zone of its own."""
    if not isinstance(organization, Practice) or organization.time_zone:
        return None
    return organization.registered_by


def _profile(addressee: Addressee, organization: _Organization | None, found: _Found) -> Profile:
    kind, organization_id, reader_id = (
        addressee.organization_kind,
        addressee.organization_id,
        addressee.addressee_id,
    )
    preferences = read_if_found(Preferences, found.get(_pair(keys.preferences(kind, organization_id, reader_id))))
    member = read_if_found(Member, found.get(_pair(keys.member(kind, organization_id, reader_id))))
    clinician = read_if_found(Clinician, found.get(_pair(keys.clinician(organization_id, reader_id))))
    marks = (
        read_if_found(Mark, found.get(_pair(keys.mark(kind, organization_id, reader_id, each)))) for each in _MARKED
    )
    return Profile(
        preferences=preferences or Preferences(),
        time_zone=(preferences.time_zone if preferences else None) or _zone(organization, found),
        phone=clinician.phone if clinician else "",
        marks=tuple(mark for mark in marks if mark is not None),
        name=organization.name if organization else "",
        has_left=member is not None and member.state is MemberState.ENDED,
    )


def _zone(organization: _Organization | None, found: _Found) -> str:
    lab_id = _host_of(organization)
    lives_by = organization if lab_id is None else read_if_found(Lab, found.get(_pair(keys.lab(lab_id))))
    return (lives_by.time_zone if lives_by is not None else "") or _NO_ZONE


def _pair(key: Mapping[str, Any]) -> tuple[str, str]:
    return key["pk"], key["sk"]
