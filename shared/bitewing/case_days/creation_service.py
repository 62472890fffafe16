"""How Case Days are created: by hand, or for a request."""

from dataclasses import dataclass, replace
from datetime import date

from bitewing.care_teams.patient_kinds import PatientKind
from bitewing.case_days.access import ensure_manager
from bitewing.case_days.activity import DayDeed
from bitewing.case_days.case_day import CaseDay
from bitewing.case_days.changing import Actor, Changing, Seat, member_details
from bitewing.case_days.events import CaseDayCreated, TeamMemberAsked
from bitewing.case_days.ports import Judged
from bitewing.case_days.status import DayParty
from bitewing.case_days.telling import Telling
from bitewing.case_days.values import ensure_day, ensure_place
from bitewing.kernel.caller import Caller, Request
from bitewing.kernel.errors import (
    BitewingError,
    FieldError,
    HardRulesBroken,
    InvalidInput,
    RequestNotOpen,
    Unknown,
)
from bitewing.kernel.ids import new_id
from bitewing.scheduling.period import SchedulingPeriod
from bitewing.scheduling.request import IS_WAITING, CaseDayRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDay:
    """A day as a manager enters it by hand.

    Attributes:
        period_id: ``None`` for a day outside any period.
        team: Who is asked at once.
    """

    practice_id: str
    site_id: str
    on: date
    starts_at: str
    minutes: int
    kind: PatientKind
    expected_patients: int
    period_id: str | None = None
    note: str = ""
    team: tuple[Seat, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestedDay:
    """A day that serves a request: on one of its dates, and as it asks.

    Attributes:
        team: Who is asked at once.
        leaves_out_unfit: Whether the day is made without those of the team who cannot be on it, as long as somebody
            can.
    """

    request_id: str
    on: date
    team: tuple[Seat, ...] = ()
    leaves_out_unfit: bool = False


class CreationService(Changing):
    """Creates Case Days."""

    def create(self, caller: Caller, new: NewDay | RequestedDay, request: Request) -> CaseDay:
        """Create a tentative day, by hand or for a request, and ask its team; the same request gives the same answer.

        A day takes a date of its practice, and tells it: by hand it is made for a practice that knows the care team,
        by a request of any time or by whom of it the practice prefers.

        Raises:
            RoleNotAllowed: The caller is no manager.
            Unknown: There is no such practice, site, period, request or clinician for this caller; a practice that
                never asked the care team for a day, and prefers nobody of it, is none.
            InvalidInput: A value is none, the date is over or outside its period or request, or the site cannot have
                the day.
            RequestNotOpen: Something became of the request already.
            DateTaken: The practice has another day on the date.
            HardRulesBroken: Somebody cannot be on the team; nobody of it can, where those are left out.
            IdempotencyKeyReused: The key was used for another request.
            RequestInProgress: Others kept changing the same at this moment.
        """
        ensure_manager(caller)
        return self.in_tries(lambda: self._days.answered(request) or self._create(caller, new, request))

    def _create(self, caller: Caller, new: NewDay | RequestedDay, request: Request) -> CaseDay:
        now, care_team = self._now(), self.care_team(caller.organization_id)
        asked: CaseDayRequest | None = None
        if isinstance(new, RequestedDay):
            asked = self._asked(caller, new)
            by_hand = _as_asked(asked, new)
        else:
            by_hand = new
        practice = self._roster.practice(by_hand.practice_id)
        site = self._roster.site(by_hand.practice_id, by_hand.site_id)
        if practice is None or site is None:
            raise Unknown("site")
        day = CaseDay(
            case_day_id=new_id(now),
            care_team_id=care_team.care_team_id,
            practice_id=practice.practice_id,
            practice_name=practice.name,
            site_id=site.site_id,
            state=site.state,
            time_zone=site.time_zone,
            place=site.place,
            on=by_hand.on,
            starts_at=by_hand.starts_at,
            minutes=by_hand.minutes,
            kind=by_hand.kind,
            expected_patients=by_hand.expected_patients,
            site_rooms=site.rooms,
            created_at=now,
            period_id=by_hand.period_id,
            request_id=asked.request_id if asked else None,
            note=by_hand.note,
        )
        preferences, judged = self.preferences(day), list[Judged]()
        if asked is None and not preferences.version and not self._roster.has_asked(day.practice_id, day.care_team_id):
            raise Unknown("practice")
        ensure_day(day)
        ensure_place(day, site, care_team, now=now)
        period = self._period_of(day)
        _ensure_one_of_each(new.team)
        due_at = self.due_at(day, care_team, at=now)
        leaves_out, unfit = isinstance(new, RequestedDay) and new.leaves_out_unfit, list[BitewingError]()
        for seat in new.team:
            try:
                member, read = self.seated(day, seat, preferences, by=caller, at=now, due_at=due_at)
            except (HardRulesBroken, Unknown) as error:
                if not leaves_out:
                    raise
                unfit.append(error)
                continue
            day = replace(day, team=(*day.team, member))
            judged.append(read)
        if unfit and not day.team:
            raise unfit[0]
        telling = Telling(day, at=now)
        for member in day.team:
            telling.tell(
                TeamMemberAsked,
                clinicians=[member.clinician_id],
                clinician_id=member.clinician_id,
                role=member.role,
                answer_due_at=member.answer_due_at,
            )
        telling.tell(CaseDayCreated, practice=True, period_id=day.period_id, request_id=day.request_id)
        return self.store(
            day,
            before=None,
            actor=Actor.of(DayParty.MANAGER, caller),
            deeds=[
                (DayDeed.CREATED, {"on": day.on.isoformat()}),
                *((DayDeed.MEMBER_ASKED, member_details(each)) for each in day.team),
            ],
            telling=telling,
            judged=judged,
            preferences=preferences,
            site=site,
            period=period,
            asked=asked,
            request=request,
        )

    def _asked(self, caller: Caller, new: RequestedDay) -> CaseDayRequest:
        asked = self._roster.request(new.request_id)
        if asked is None or asked.care_team_id != caller.organization_id:
            raise Unknown("Case Day request")
        if asked.status not in IS_WAITING:
            raise RequestNotOpen(status=asked.status)
        if new.on not in asked.dates:
            dates = ", ".join(each.isoformat() for each in asked.dates)
            raise InvalidInput(FieldError("/on", f"The practice asks for one of: {dates}."))
        return asked

    def _period_of(self, day: CaseDay) -> SchedulingPeriod | None:
        if day.period_id is None:
            return None
        if (period := self._roster.period(day.care_team_id, day.period_id)) is None:
            raise Unknown("scheduling period")
        if not period.has(day.on):
            says = f"The period is from {period.first_on.isoformat()} to {period.last_on.isoformat()}."
            raise InvalidInput(FieldError("/on", says))
        return period


def _as_asked(asked: CaseDayRequest, new: RequestedDay) -> NewDay:
    return NewDay(
        practice_id=asked.practice_id,
        site_id=asked.site_id,
        on=new.on,
        starts_at=asked.starts_at,
        minutes=asked.minutes,
        kind=asked.kind,
        expected_patients=asked.expected_patients,
        period_id=asked.period_id,
        note=asked.note,
        team=new.team,
    )


def _ensure_one_of_each(team: tuple[Seat, ...]) -> None:
    if len({each.role for each in team}) < len(team):
        raise InvalidInput(FieldError("/team", "A team has one of each role at most."))
