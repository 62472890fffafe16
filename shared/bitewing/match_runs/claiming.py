"""How approved days become Case Days: in the name of the manager who approved them, and each once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bitewing.case_days.case_day import CaseDay
from bitewing.case_days.changing import Seat
from bitewing.case_days.creation_service import CreationService, RequestedDay
from bitewing.case_days.ports import CaseDays
from bitewing.kernel.caller import Request
from bitewing.kernel.errors import (
    DateTaken,
    HardRulesBroken,
    InvalidInput,
    RequestInProgress,
    RequestMoveNotAllowed,
    RequestNotOpen,
    StaleVersion,
    Unknown,
)
from bitewing.match_runs.ports import TRIES, MatchRuns, Proposals
from bitewing.match_runs.proposal import Claim, ProposedDay
from bitewing.match_runs.run import Decision, MatchRun, RunStatus
from bitewing.match_runs.working import RunIds, Working, approver_of
from bitewing.scheduling.ports import CaseDayRequests

#: What the key of a claim stands for: it is made of the run and the request.
_FINGERPRINT: Final = "claim of a proposed day"


@dataclass(frozen=True, slots=True)
class Claimed:
    """What became of some approved days."""

    claimed: int
    lost: int


class Claiming(Working):
    """Makes Case Days of approved days."""

    def __init__(
        self,
        runs: MatchRuns,
        proposals: Proposals,
        requests: CaseDayRequests,
        days: CaseDays,
        creation: CreationService,
        *,
        now: Callable[[], datetime],
    ) -> None:
        super().__init__(runs, now=now)
        self._proposals, self._requests, self._days, self._creation = proposals, requests, days, creation

    def claim(self, ids: RunIds, request_ids: Sequence[str]) -> Claimed:
        """Make Case Days of approved days: their members are claimed, and asked.

        Who breaks a hard rule by now is left out, and leaves a vacancy. Where the date is taken, the request is not
        open any more, or nobody of the team is left, the day is lost, with the reason. Days that were not approved, or
        were claimed before, stay as they are.

        Args:
            ids: The run.
            request_ids: Up to 100 requests with proposed days.

        Raises:
            Unknown: There is no such run.
            RequestInProgress: Others kept changing the same.
        """
        run = self.run(ids)
        if run.status is not RunStatus.PROPOSED:
            return Claimed(0, 0)
        settled = [self._settled(run, day).claim for day in self._proposals.named(run.run_id, request_ids)]
        return Claimed(claimed=settled.count(Claim.CLAIMED), lost=settled.count(Claim.LOST))

    def _settled(self, run: MatchRun, day: ProposedDay) -> ProposedDay:
        for _ in range(TRIES):
            if day.claim is not None or run.decision_of(day.decision) is not Decision.APPROVED:
                return day
            after = self._after(run, day)
            try:
                self._proposals.save(after)
            except StaleVersion:
                # Somebody claims the same, or decided on it; both are seen at the next look.
                (day,) = self._proposals.named(run.run_id, [day.request_id])
                continue
            return after
        raise RequestInProgress

    def _after(self, run: MatchRun, day: ProposedDay) -> ProposedDay:
        team = tuple(Seat(role=each.role, clinician_id=each.clinician_id) for each in day.team)
        wanted = RequestedDay(request_id=day.request_id, on=day.on, team=team, leaves_out_unfit=True)
        caller = approver_of(run, day)
        request = Request(caller=caller.user_id, key=f"{run.run_id}-{day.request_id}", fingerprint=_FINGERPRINT)
        try:
            made = self._creation.create(caller, wanted, request)
        except (RequestNotOpen, RequestMoveNotAllowed) as error:
            before = self._made_before(run, day)
            return _lost(day, f"The request is {error.status} by now.") if before is None else _claimed(day, before)
        except HardRulesBroken:
            return _lost(day, "Nobody of its team can be there any more.")
        except DateTaken:
            return _lost(day, "The practice has another Case Day on this date by now.")
        except InvalidInput as error:
            return _lost(day, " ".join(each.says for each in error.errors))
        except Unknown as error:
            return _lost(day, f"There is no such {error.what} any more.")
        return _claimed(day, made)

    def _made_before(self, run: MatchRun, day: ProposedDay) -> CaseDay | None:
        """Return the Case Day that was made of a proposed day where nobody noted it, also long ago."""
        asked = self._requests.find(day.request_id)
        made = self._days.find(asked.case_day_id) if asked is not None and asked.case_day_id is not None else None
        if made is None or run.proposed_at is None or made.created_at < run.proposed_at:
            return None
        return made if made.on == day.on else None


def _claimed(day: ProposedDay, made: CaseDay) -> ProposedDay:
    return day.changed(claim=Claim.CLAIMED, case_day_id=made.case_day_id, vacancies=made.vacancies)


def _lost(day: ProposedDay, because: str) -> ProposedDay:
    return day.changed(claim=Claim.LOST, lost_because=because)
