"""What becomes of a Case Day request while its Case Day lives: it follows the day."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from bitewing.case_days.case_day import CaseDay
from bitewing.case_days.status import DayParty, DayStatus
from bitewing.kernel.errors import RequestMoveNotAllowed
from bitewing.kernel.ids import new_id
from bitewing.scheduling.events import CaseDayRequestMoved
from bitewing.scheduling.request import CaseDayRequest, RequestMover, RequestStatus

_FOLLOWS: Final = {
    DayStatus.TENTATIVE: RequestStatus.PROPOSED,
    DayStatus.CONFIRMED: RequestStatus.CONFIRMED,
    DayStatus.IN_PROGRESS: RequestStatus.CONFIRMED,
    DayStatus.COMPLETED: RequestStatus.COMPLETED,
    DayStatus.REJECTED: RequestStatus.REJECTED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowingRequest:
    """A request that follows its day.

    Attributes:
        before: As it was read.
        after: The next version.
    """

    before: CaseDayRequest
    after: CaseDayRequest
    event: CaseDayRequestMoved


def following(request: CaseDayRequest, day: CaseDay, *, by: DayParty, at: datetime) -> FollowingRequest | None:
    """Return how a request follows its day, as it was just changed; ``None`` where it stays as it is.

    A day that a manager cancels leaves its request to be matched anew; one that the practice cancels, it withdraws.

    Raises:
        RequestMoveNotAllowed: The request cannot become that: something else became of it.
    """
    to = _target(day, by)
    if to is request.status:
        return None
    if to not in (allowed := request.moves(RequestMover.SYSTEM)):
        raise RequestMoveNotAllowed(status=request.status, to=to, allowed=allowed)
    after = replace(
        request,
        status=to,
        case_day_id=None if to is RequestStatus.REQUESTED else day.case_day_id,
        reason=day.reason if to is RequestStatus.REJECTED else "",
        version=request.version + 1,
    )
    event = CaseDayRequestMoved(
        event_id=new_id(at),
        occurred_at=at,
        period_id=after.period_id,
        care_team_id=after.care_team_id,
        request_id=after.request_id,
        practice_id=after.practice_id,
        request_version=after.version,
        origin=request.status,
        to=to,
    )
    return FollowingRequest(before=request, after=after, event=event)


def _target(day: CaseDay, by: DayParty) -> RequestStatus:
    if day.status is DayStatus.CANCELLED:
        return RequestStatus.WITHDRAWN if by is DayParty.PRACTICE else RequestStatus.REQUESTED
    return _FOLLOWS[day.status]
