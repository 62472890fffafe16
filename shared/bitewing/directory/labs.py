"""What people do with labs: find one, read it, keep it up to date, enter a new one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from bitewing.directory.organization import Lab, listed_as
from bitewing.directory.ports import AlreadyAnswered, Labs, ListedLab
from bitewing.directory.values import ensure_lab
from bitewing.kernel.caller import PRACTICE_ROLES, Caller, OrganizationKind, Request, Role
from bitewing.kernel.errors import RequestInProgress, StaleVersion, Unknown
from bitewing.kernel.ids import new_id
from bitewing.kernel.pages import Page, Position


@dataclass(frozen=True, slots=True, kw_only=True)
class NewLab:
    """What a lab starts with.

    Attributes:
        working_weekdays: ISO weekdays, 1 is Monday; one at least.
        holidays: Dates on which the lab is closed, in its own time zone.
        opens_at: When it opens on its working days, in its own time zone, such as ``08:30``; may stay unsaid.
        closes_at: When it closes, later on the same day; said together with ``opens_at`` or not at all.
        shipping_working_days: Working days of the lab from the day on which work is ready to its arrival.
    """

    name: str
    address: str
    time_zone: str
    email: str
    phone: str
    takes_cases: bool = True
    working_weekdays: frozenset[int] = frozenset({1, 2, 3, 4, 5})
    holidays: frozenset[date] = frozenset()
    opens_at: str | None = None
    closes_at: str | None = None
    shipping_working_days: int = 1


class LabService:
    """The use cases of labs."""

    def __init__(self, labs: Labs, *, now: Callable[[], datetime]) -> None:
        self._labs, self._now = labs, now

    def by_name(self, caller: Caller, *, beginning: str, limit: int, start: Position | None) -> Page[ListedLab]:
        """Return one page of all labs by name, each with the connection of the caller's practice.

        Args:
            caller: Who calls.
            beginning: What the name begins with, as somebody types it; empty for all.
            limit: How many labs, up to 100.
            start: Where the page before ended.

        Raises:
            RoleNotAllowed: The caller works in no practice, and not for the platform.
        """
        if not caller.is_platform_admin:
            caller.ensure_in(OrganizationKind.PRACTICE, PRACTICE_ROLES)
        page = self._labs.by_name(listed_as(beginning), limit=limit, start=start)
        states = {}
        if page.things and not caller.is_platform_admin:
            lab_ids = [listing.lab_id for listing in page.things]
            states = {each.lab_id: each for each in self._labs.connections_to(caller.organization_id, lab_ids)}
        return Page(
            tuple(ListedLab(listing=each, connection=states.get(each.lab_id)) for each in page.things), page.next
        )

    def read(self, caller: Caller, lab_id: str) -> Lab:
        """Return a lab: any for a practice, which may choose it, and its own for a lab.

        Raises:
            RoleNotAllowed: The caller works in no practice, no lab and not for the platform.
            Unknown: There is no such lab for this caller.
        """
        if not caller.is_platform_admin and caller.side() is OrganizationKind.LAB and caller.organization_id != lab_id:
            raise Unknown("lab")
        lab = self._labs.lab(lab_id)
        if lab is None:
            raise Unknown("lab")
        return lab

    def create(self, caller: Caller, new: NewLab, request: Request) -> Lab:
        """Enter a lab that works at once: with what labs want by default for every case type.

        The same request gives the same answer.

        Raises:
            RoleNotAllowed: The caller does not administrate the platform.
            InvalidInput: The time zone does not exist, or the lab never works or opens.
            IdempotencyKeyReused: The key was used for another request.
            RequestInProgress: The same request is answered at this moment.
        """
        # Only who enters a lab needs what all of them start with.
        from bitewing.requirements.case_types import CaseType  # noqa: PLC0415
        from bitewing.requirements.default_profiles import default_profile  # noqa: PLC0415

        caller.ensure_platform_admin()
        if (before := self._labs.answered(request)) is not None:
            return before
        lab = Lab(
            lab_id=new_id(self._now()),
            name=new.name,
            address=new.address,
            time_zone=new.time_zone,
            email=new.email,
            phone=new.phone,
            takes_cases=new.takes_cases,
            working_weekdays=new.working_weekdays,
            holidays=new.holidays,
            opens_at=new.opens_at,
            closes_at=new.closes_at,
            shipping_working_days=new.shipping_working_days,
        )
        ensure_lab(lab)
        profiles = [default_profile(lab.lab_id, case_type) for case_type in CaseType]
        try:
            self._labs.add(lab, profiles, request=request)
        except AlreadyAnswered as error:
            raise RequestInProgress from error
        return lab

    def change(self, caller: Caller, lab_id: str, *, expected_version: int, changes: Mapping[str, Any]) -> Lab:
        """Change what a lab says of itself.

        Args:
            caller: Who calls.
            lab_id: The lab.
            expected_version: The version that the caller read.
            changes: Field of :class:`NewLab` to its new value.

        Raises:
            Unknown: There is no such lab for this caller.
            RoleNotAllowed: The caller may see the lab, but not change it.
            StaleVersion: The lab has another version.
            InvalidInput: The time zone does not exist, or the lab would never work or open.
        """
        lab = self.read(caller, lab_id)
        if not caller.is_platform_admin:
            caller.ensure_in(OrganizationKind.LAB, frozenset({Role.LAB_ADMIN}))
        if lab.version != expected_version:
            raise StaleVersion(expected=expected_version, actual=lab.version)
        changed = replace(lab, **changes)
        if changed == lab:
            return lab
        ensure_lab(changed)
        changed = replace(changed, version=lab.version + 1)
        self._labs.save(changed, before=lab)
        return changed
