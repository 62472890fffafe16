"""What people do with labs: find one, read it, keep it up to date, enter a new one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final

from bitewing.directory.organization import Lab, listed_as
from bitewing.directory.ports import Labs, ListedLab, PublicHolidays
from bitewing.directory.values import ensure_lab
from bitewing.kernel.caller import PRACTICE_ROLES, AlreadyAnswered, Caller, OrganizationKind, Request, Role
from bitewing.kernel.errors import FieldError, InvalidInput, RequestInProgress, StaleVersion, Unknown
from bitewing.kernel.ids import new_id
from bitewing.kernel.pages import Page, Position

#: Years of public holidays that a lab knows beforehand, the running one included.
KNOWN_YEARS: Final = 5


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

    def __init__(self, labs: Labs, public_holidays: PublicHolidays, *, now: Callable[[], datetime]) -> None:
        self._labs, self._public_holidays, self._now = labs, public_holidays, now

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
        """Change what a lab says of itself; with any change, it knows the public holidays of the next years.

        Args:
            caller: Who calls.
            lab_id: The lab.
            expected_version: The version that the caller read.
            changes: Field of :class:`NewLab` to its new value; also ``resubmission`` and ``holiday_calendar``.

        Raises:
            Unknown: There is no such lab for this caller.
            RoleNotAllowed: The caller may see the lab, but not change it.
            StaleVersion: The lab has another version.
            InvalidInput: The time zone does not exist, the lab would never work or open, or no public holidays of its
                calendar are known.
        """
        lab = self.read(caller, lab_id)
        if not caller.is_platform_admin:
            caller.ensure_in(OrganizationKind.LAB, frozenset({Role.LAB_ADMIN}))
        if lab.version != expected_version:
            raise StaleVersion(expected=expected_version, actual=lab.version)
        changed = replace(lab, **changes)
        ensure_lab(changed)
        changed = self._with_public_holidays(changed, lab)
        if changed == lab:
            return lab
        changed = replace(changed, version=lab.version + 1)
        self._labs.save(changed, before=lab)
        return changed

    def renew_holidays(self, lab_id: str) -> Lab | None:
        """Let a lab know the public holidays of the next years; for operators.

        Returns:
            The lab as it is now, or ``None`` where it knew them, or keeps no public holidays.

        Raises:
            Unknown: There is no such lab.
            StaleVersion: Someone else changed it at this moment.
        """
        if (lab := self._labs.lab(lab_id)) is None:
            raise Unknown("lab")
        renewed = self._with_public_holidays(lab, lab)
        if renewed == lab:
            return None
        renewed = replace(renewed, version=lab.version + 1)
        self._labs.save(renewed, before=lab)
        return renewed

    def _with_public_holidays(self, lab: Lab, before: Lab) -> Lab:
        """Return a lab with the public holidays of its calendar, looked up where they are others or end too soon.

        Raises:
            InvalidInput: The calendar is new, and no public holidays of it are known.
        """
        if lab.holiday_calendar is None:
            return replace(lab, public_holidays=frozenset())
        is_new = lab.holiday_calendar != before.holiday_calendar
        first = lab.working_days.day_of(self._now()).year
        until = lab.holidays_known_until
        if not is_new and until is not None and until.year >= first + KNOWN_YEARS - 1:
            return lab
        days = self._public_holidays.days(lab.holiday_calendar, range(first, first + KNOWN_YEARS))
        if days:
            return replace(lab, public_holidays=days)
        if is_new:
            says = (
                f"No public holidays of '{lab.holiday_calendar}' are known. Name a country by its two letters, and a"
                " state after a hyphen, such as US or US-OR."
            )
            raise InvalidInput(FieldError("/holiday_calendar", says))
        return lab
