"""What managers do with scheduling periods, what moves them by itself, and who reads them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from bitewing.care_teams.care_team import CareTeam
from bitewing.kernel.caller import AlreadyAnswered, Caller, Request
from bitewing.kernel.errors import FieldError, InvalidInput, RequestInProgress, StaleVersion, Unknown
from bitewing.kernel.ids import new_id
from bitewing.kernel.pages import Page, Position
from bitewing.kernel.versions import ensure_version
from bitewing.scheduling.access import ensure_manager, ensure_of_either, is_of_care_team
from bitewing.scheduling.events import PeriodChanged, PeriodOpened, event_head, period_moved
from bitewing.scheduling.period import PeriodMover, PeriodStatus, SchedulingPeriod, ensure_keeps, ensure_period
from bitewing.scheduling.ports import TRIES, Periods, Places
from bitewing.scheduling.weights import MatchWeights


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPeriod:
    """What a period begins with."""

    name: str
    first_on: date
    last_on: date
    availability_due_at: datetime
    requests_due_at: datetime
    states: frozenset[str]
    weights: MatchWeights = field(default_factory=MatchWeights)
    match_at: datetime | None = None


class PeriodService:
    """The use cases of scheduling periods."""

    def __init__(self, periods: Periods, places: Places, *, now: Callable[[], datetime]) -> None:
        self._periods, self._places, self._now = periods, places, now

    def open(self, caller: Caller, new: NewPeriod, request: Request) -> SchedulingPeriod:
        """Open a period of the caller's care team; the same request gives the same answer.

        Raises:
            RoleNotAllowed: The caller manages no care team.
            Unknown: The caller's care team is not known here.
            InvalidInput: Nobody could plan it.
            IdempotencyKeyReused: The key was used for another request.
            RequestInProgress: The same request is answered at this moment.
        """
        ensure_manager(caller)
        if (before := self._periods.answered(request)) is not None:
            return before
        at = self._now()
        period = SchedulingPeriod(
            period_id=new_id(at),
            care_team_id=caller.organization_id,
            name=new.name,
            first_on=new.first_on,
            last_on=new.last_on,
            availability_due_at=new.availability_due_at,
            requests_due_at=new.requests_due_at,
            states=new.states,
            weights=new.weights,
            match_at=new.match_at,
        )
        ensure_period(period, self._care_team(caller), now=at)
        event = PeriodOpened(
            **event_head(period, at=at),
            period_version=period.version,
            availability_due_at=period.availability_due_at,
            requests_due_at=period.requests_due_at,
        )
        try:
            self._periods.save(period, event, request=request)
        except AlreadyAnswered as error:
            raise RequestInProgress from error
        return period

    def of_caller(
        self, caller: Caller, *, care_team_id: str | None, limit: int, start: Position | None
    ) -> Page[SchedulingPeriod]:
        """Return one page of the periods of a care team, the newest first.

        Args:
            caller: Who calls.
            care_team_id: Whose periods; of people of a care team their own, whether they name it or not.
            limit: How many, at most.
            start: Where the page before has ended.

        Raises:
            RoleNotAllowed: The caller works neither in a care team nor in a practice.
            Unknown: The caller works in another care team.
            InvalidInput: A practice does not say whose periods it means.
        """
        ensure_of_either(caller)
        return self._periods.of_care_team(_care_team_of(caller, care_team_id), limit=limit, start=start)

    def read(self, caller: Caller, period_id: str, *, care_team_id: str | None = None) -> SchedulingPeriod:
        """Return a period: of the caller's care team, or for people of a practice of the one that they name.

        Raises:
            RoleNotAllowed: The caller works neither in a care team nor in a practice.
            Unknown: There is no such period of the care team, or the caller works in another one.
            InvalidInput: A practice does not say whose period it means.
        """
        ensure_of_either(caller)
        found = self._periods.find(_care_team_of(caller, care_team_id), period_id)
        if found is None:
            raise Unknown("scheduling period")
        return found

    def change(
        self, caller: Caller, period_id: str, *, expected_version: int, changes: Mapping[str, Any]
    ) -> SchedulingPeriod:
        """Change what a period asks for and what its schedule is worth; what is not named stays.

        Once anybody has answered, or it has Case Days, a period grows and does not shrink, so that nothing of it lies
        outside of it. Whether that is so is looked up before the change is stored: what is added at the same moment
        can lie outside, and is judged by the period as it is whenever it is used.

        Args:
            caller: Who calls.
            period_id: The period.
            expected_version: The version that the caller read.
            changes: Field of :class:`NewPeriod` to its new value; of ``weights`` those that change, by their names.

        Raises:
            RoleNotAllowed: The caller manages no care team.
            Unknown: The care team has no such period, or is not known here.
            StaleVersion: The period has another version.
            PeriodNotOpen: It is neither collecting nor reviewing; nor proposed, where only weights change.
            InvalidInput: Nobody could plan it, or it has answers or Case Days and loses days or states.
        """
        ensure_manager(caller)
        before = self._to_change(caller, period_id, expected_version)
        if "weights" in changes:
            changes = {**changes, "weights": before.weights.changed(changes["weights"])}
        fields = tuple(name for name, value in changes.items() if value != getattr(before, name))
        if not fields:
            return before
        before.ensure_takes_changes(fields)
        at, after = self._now(), before.changed(changes)
        ensure_period(after, self._care_team(caller), now=at, before=before)
        if self._periods.has_answers(before.care_team_id, period_id) or self._periods.has_days(before):
            ensure_keeps(after, before)
        event = PeriodChanged(
            **event_head(after, at=at),
            period_version=after.version,
            availability_due_at=after.availability_due_at,
            requests_due_at=after.requests_due_at,
            fields=fields,
        )
        self._periods.save(after, event)
        return after

    def move(self, caller: Caller, period_id: str, to: PeriodStatus, *, expected_version: int) -> SchedulingPeriod:
        """Move a period along its life; one that is matched and moved away from there is matched no more.

        Raises:
            RoleNotAllowed: The caller manages no care team.
            Unknown: The care team has no such period.
            StaleVersion: The period has another version.
            PeriodMoveNotAllowed: A manager cannot move it there from where it is, or does by starting a match run.
            DeadlinePassed: It would collect availability that was due before.
        """
        ensure_manager(caller)
        before = self._to_change(caller, period_id, expected_version)
        return self._moved(before, to, by=PeriodMover.MANAGER, at=self._now())

    def move_on(self, care_team_id: str, period_id: str) -> PeriodStatus | None:
        """Move a period on that is due: at its deadline for availability, and after its last day.

        Too early, too late, again, or for a period that moved: nothing changes.

        Returns:
            Where it was moved, if it was.

        Raises:
            RequestInProgress: Others kept changing the period.
        """
        for _ in range(TRIES):
            period = self._periods.find(care_team_id, period_id)
            care_team = self._places.care_team(care_team_id)
            if period is None or care_team is None:
                return None
            at = self._now()
            if (to := period.due_move(at, time_zone=care_team.time_zone)) is None:
                return None
            try:
                self._moved(period, to, by=PeriodMover.SYSTEM, at=at)
            except StaleVersion:
                continue
            return to
        raise RequestInProgress

    def _moved(self, before: SchedulingPeriod, to: PeriodStatus, *, by: PeriodMover, at: datetime) -> SchedulingPeriod:
        after = before.moved_to(to, by=by, now=at)
        self._periods.save(after, period_moved(before, after, at=at))
        return after

    def _to_change(self, caller: Caller, period_id: str, expected_version: int) -> SchedulingPeriod:
        period = self.read(caller, period_id)
        ensure_version(period.version, expected=expected_version)
        return period

    def _care_team(self, caller: Caller) -> CareTeam:
        care_team = self._places.care_team(caller.organization_id)
        if care_team is None:
            raise Unknown("care team")
        return care_team


def _care_team_of(caller: Caller, named: str | None) -> str:
    if is_of_care_team(caller):
        if named not in (None, caller.organization_id):
            raise Unknown("care team")
        return caller.organization_id
    if named is None:
        raise InvalidInput(FieldError("care_team_id", "Say which care team you mean."))
    return named
