"""The people of organizations, kept in the table."""

from collections.abc import Callable
from datetime import datetime

from bitewing.aws import answers, keys
from bitewing.aws.outbox import announced
from bitewing.aws.schemas import read_record, record
from bitewing.aws.table import (
    ALWAYS,
    Check,
    Condition,
    ConditionsFailed,
    Put,
    Table,
    Update,
    Write,
    is_next,
    is_version,
)
from bitewing.directory.organization import Practice
from bitewing.kernel.caller import AlreadyAnswered, OrganizationKind, Request
from bitewing.kernel.events import Event
from bitewing.members.member import Member


class TableMembers:
    """Keeps the port :class:`bitewing.members.service.Members` over the table."""

    def __init__(self, table: Table, *, now: Callable[[], datetime]) -> None:
        self._table, self._now = table, now

    def answered(self, request: Request) -> Member | None:
        """Return what this request was answered before."""
        return answers.recall(self._table, request, Member, at=self._now())

    def find(self, kind: OrganizationKind, organization_id: str, user_id: str) -> Member | None:
        """Return a person of an organization, also one who is gone; in one request."""
        item = self._table.get(keys.member(kind, organization_id, user_id))
        return None if item is None else read_record(Member, item)

    def of_organization(self, kind: OrganizationKind, organization_id: str) -> tuple[Member, ...]:
        """Return everybody who is or was of an organization, as it is now."""
        items = self._table.partition(keys.organization_partition(kind, organization_id), prefix=keys.MEMBER_PREFIX)
        return tuple(read_record(Member, item) for item in items)

    def put(self, *members: Member) -> None:
        """Store up to 100 members who are there already, as whoever sets up an organization knows them."""
        self._table.write([Put(key=_key(each), values=record(each), condition=ALWAYS) for each in members])

    def invite(self, member: Member, event: Event, *, request: Request) -> None:
        """Store an invitation: of a new member, or the next version of one."""
        try:
            self._table.write(
                [_put(member), answers.remember(request, member, at=self._now()), *announced((event,))],
            )
        except ConditionsFailed as error:
            if error.stored[1] is not None:
                raise AlreadyAnswered from error
            raise error.stale(expected=member.version - 1) from error

    def save(
        self, member: Member, event: Event, *, staying: Member | None = None, joins: Practice | None = None
    ) -> None:
        """Store a changed member, if it is still the one that was read."""
        writes: list[Write] = [_put(member), *announced((event,))]
        if staying is not None:
            writes.append(Check(key=_key(staying), condition=is_version(staying.version)))
        if joins is not None:
            writes.append(_joining(joins))
        try:
            self._table.write(writes)
        except ConditionsFailed as error:
            raise error.stale(expected=member.version - 1) from error

    def settle(self, member: Member) -> None:
        """Store that the identity provider has this version of a member, unless there is a newer one."""
        self._table.set_values(_key(member), {"is_settled": True}, condition=is_version(member.version))


def _key(member: Member) -> keys.Key:
    return keys.member(member.organization_kind, member.organization_id, member.user_id)


def _put(member: Member) -> Put:
    return Put(key=_key(member), values=record(member), condition=is_next(member.version))


def _joining(practice: Practice) -> Update:
    return Update(
        key=keys.practice(practice.practice_id),
        values={"registered_by": None},
        condition=Condition(expression="#registered_by = :lab", values={"lab": practice.registered_by}),
        count_up=("version",),
    )
