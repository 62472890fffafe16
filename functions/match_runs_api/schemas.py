"""The bodies of the match runs API."""

from datetime import date, datetime
from typing import Annotated, Final

from bitewing.aws.bodies import Body, Code, View
from bitewing.care_teams.care_team import ClinicianRole
from bitewing.files.bodies import SignedRequestView
from bitewing.kernel.ids import read_id
from bitewing.match_runs.deciding import MAX_NAMED, All, Decisions, Named
from bitewing.match_runs.proposal import (
    Claim,
    ClinicianLoad,
    Progress,
    ProposedDay,
    ProposedMember,
    UnmatchedRequest,
)
from bitewing.match_runs.run import (
    MAX_TIME_LIMIT_SECONDS,
    USUAL_TIME_LIMIT_SECONDS,
    Decision,
    MatchRun,
    Outcome,
    RunStatus,
)
from bitewing.match_runs.service import Downloads
from bitewing.match_runs.starting import RunSettings
from pydantic import Field, ValidatorFunctionWrapHandler, WithJsonSchema, WrapValidator

#: What every language reads as a whole number.
_MAX_SEED: Final = 2**31 - 1


def _all_or_days(value: object, read: ValidatorFunctionWrapHandler) -> object:
    # A union would point at each of its members, and not at what is wrong.
    if value == All.ALL:
        return All.ALL
    if not isinstance(value, list):
        msg = 'This must be a list of requests, or "all".'
        raise ValueError(msg)  # noqa: TRY004 - pydantic answers for these
    return read(value)


Days = Annotated[
    list[Code],
    Field(max_length=MAX_NAMED),
    WrapValidator(_all_or_days),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "enum": [All.ALL.value]},
                {
                    "type": "array",
                    "items": {"type": "string", "minLength": 1, "maxLength": 64},
                    "maxItems": MAX_NAMED,
                },
            ]
        }
    ),
]


class NewMatchRunBody(Body):
    """How a schedule is looked for."""

    time_limit_seconds: Annotated[
        int,
        Field(
            strict=True, ge=1, le=MAX_TIME_LIMIT_SECONDS, description="After this the best schedule so far is proposed."
        ),
    ] = USUAL_TIME_LIMIT_SECONDS
    seed: Annotated[
        int,
        Field(strict=True, ge=0, le=_MAX_SEED, description="The same one and the same input give the same schedule."),
    ] = 0

    def read(self) -> RunSettings:
        """Return how a schedule is looked for."""
        return RunSettings(time_limit_seconds=self.time_limit_seconds, seed=self.seed)


class DecisionsBody(Body):
    """What becomes of proposed days, by the requests that they are proposed for; 50 at once."""

    approve: Annotated[
        Days, Field(description='Requests whose days are made, or "all" on which nobody has decided.')
    ] = Field([])
    reject: Annotated[
        Days, Field(description='Requests whose days are not made, or "all" on which nobody has decided.')
    ] = Field([])
    confirms_when_complete: Annotated[
        bool | None,
        Field(
            strict=True,
            description="Whether days are confirmed as soon as everybody has accepted; null: as it was said before.",
        ),
    ] = None

    def read(self) -> Decisions:
        """Return what is decided."""
        return Decisions(
            approve=_named(self.approve),
            reject=_named(self.reject),
            confirms_when_complete=self.confirms_when_complete,
        )


def _named(days: list[str] | All) -> Named:
    return days if isinstance(days, All) else tuple(map(read_id, days))


class ProgressView(View):
    """How far a run is."""

    parts: Annotated[int, Field(description="Independent parts of the period; 0 until they are known.")]
    parts_solved: Annotated[int, Field(description="Of these, with a schedule that is good enough.")]
    objective: Annotated[int | None, Field(description="What the schedule is worth so far.")]
    bound: Annotated[int | None, Field(description="What no schedule exceeds, proven.")]
    gap: Annotated[int | None, Field(description="How much better a schedule could be, at most.")]

    @classmethod
    def of(cls, progress: Progress) -> "ProgressView":
        """Return how far a run is as the API shows it."""
        return cls(
            parts=progress.parts,
            parts_solved=progress.solved,
            objective=progress.objective,
            bound=progress.bound,
            gap=progress.gap,
        )


class OutcomeView(View):
    """What became of the days that were approved."""

    claimed: Annotated[int, Field(description="Case Days that were made.")]
    lost: Annotated[int, Field(description="Days that could not be made any more.")]
    accepted: Annotated[int, Field(description="Case Days of which everybody of a complete team accepted.")]
    confirmed: int
    called_off: int

    @classmethod
    def of(cls, outcome: Outcome) -> "OutcomeView":
        """Return what became of days as the API shows it."""
        return cls(
            claimed=outcome.claimed,
            lost=outcome.lost,
            accepted=outcome.accepted,
            confirmed=outcome.confirmed,
            called_off=outcome.called_off,
        )


class MatchRunView(View):
    """One attempt to match a period, and what became of its proposal."""

    run_id: str
    period_id: str
    status: RunStatus
    started_at: datetime
    started_by: Annotated[str | None, Field(description="Null where it began at the period's own time.")]
    time_limit_seconds: int
    seed: int
    requests: Annotated[int, Field(description="Requests that are matched.")]
    progress: Annotated[ProgressView | None, Field(description="Null in lists.")]
    proposed_at: Annotated[datetime | None, Field(description="Null: there is no proposal to be read.")]
    proposed: Annotated[int, Field(description="Days of the proposal.")]
    unmatched: Annotated[int, Field(description="Requests that the proposal does not serve.")]
    decide_by: Annotated[datetime | None, Field(description="When what is undecided expires.")]
    undecided: int
    approved: int
    rejected: int
    expired: int
    confirms_when_complete: bool
    outcome: OutcomeView
    ended_at: datetime | None
    reason: Annotated[str, Field(description="Why it failed.")]
    version: int

    @classmethod
    def of(cls, run: MatchRun, progress: Progress | None = None) -> "MatchRunView":
        """Return a run as the API shows it."""
        return cls(
            run_id=run.run_id,
            period_id=run.period_id,
            status=run.status,
            started_at=run.started_at,
            started_by=run.started_by,
            time_limit_seconds=run.time_limit_seconds,
            seed=run.seed,
            requests=run.requests,
            progress=ProgressView.of(progress) if progress else None,
            proposed_at=run.proposed_at,
            proposed=run.proposed,
            unmatched=run.unmatched,
            decide_by=run.decide_by,
            undecided=run.undecided,
            approved=run.approved,
            rejected=run.rejected,
            expired=run.expired,
            confirms_when_complete=run.confirms_when_complete,
            outcome=OutcomeView.of(run.outcome),
            ended_at=run.ended_at,
            reason=run.reason,
            version=run.version,
        )


class MatchRunsView(View):
    """The match runs of a period."""

    match_runs: list[MatchRunView]
    next: str | None


class ProposedMemberView(View):
    """Somebody who would be on the team of a proposed day."""

    clinician_id: str
    name: str
    role: ClinicianRole
    drive_minutes: Annotated[int, Field(description="One way.")]
    why: Annotated[str, Field(description="Why this one and not the next best.")]

    @classmethod
    def of(cls, member: ProposedMember) -> "ProposedMemberView":
        """Return a member as the API shows it."""
        return cls(
            clinician_id=member.clinician_id,
            name=member.name,
            role=member.role,
            drive_minutes=member.drive_minutes,
            why=member.why,
        )


class ProposedDayView(View):
    """A day that a run proposes for a request, and what became of it."""

    request_id: str
    practice_id: str
    practice_name: str
    site_id: str
    on: date
    team: list[ProposedMemberView]
    decision: Annotated[Decision | None, Field(description="Null: nobody has decided.")]
    decided_by: str | None
    claim: Annotated[Claim | None, Field(description="Null before an approved day was made.")]
    case_day_id: Annotated[str | None, Field(description="The Case Day that was made of it.")]
    vacancies: Annotated[
        list[ClinicianRole], Field(description="Roles whose members could not be claimed any more; the day was made.")
    ]
    lost_because: Annotated[str, Field(description="Why no Case Day could be made of it.")]

    @classmethod
    def of(cls, day: ProposedDay, run: MatchRun) -> "ProposedDayView":
        """Return a day as the API shows it, with what was decided of it alone or with the rest."""
        return cls(
            request_id=day.request_id,
            practice_id=day.practice_id,
            practice_name=day.practice_name,
            site_id=day.site_id,
            on=day.on,
            team=[ProposedMemberView.of(each) for each in day.team],
            decision=run.decision_of(day.decision),
            decided_by=run.rest_by if day.decision is None else day.decided_by,
            claim=day.claim,
            case_day_id=day.case_day_id,
            vacancies=list(day.vacancies),
            lost_because=day.lost_because,
        )


class ProposedDaysView(View):
    """Days that a run proposes, by date."""

    days: list[ProposedDayView]
    next: str | None


class UnmatchedRequestView(View):
    """A request that a proposal does not serve."""

    request_id: str
    practice_id: str
    practice_name: str
    dates: list[date]
    explanation: Annotated[
        list[str],
        Field(description="For each date and role who is missing and why, who outbid it, and what would fill it."),
    ]
    reason: Annotated[str, Field(description="What its practice is told, without names.")]
    told_at: Annotated[datetime | None, Field(description="When its practice was told.")]

    @classmethod
    def of(cls, request: UnmatchedRequest) -> "UnmatchedRequestView":
        """Return a request as the API shows it."""
        return cls(
            request_id=request.request_id,
            practice_id=request.practice_id,
            practice_name=request.practice_name,
            dates=list(request.dates),
            explanation=list(request.explanation),
            reason=request.reason,
            told_at=request.told_at,
        )


class UnmatchedRequestsView(View):
    """Requests that a proposal does not serve, by id."""

    unmatched: list[UnmatchedRequestView]
    next: str | None


class ClinicianLoadView(View):
    """Who works how much in a proposal, against what they offered and what is owed to them."""

    clinician_id: str
    name: str
    role: ClinicianRole
    available_days: Annotated[int, Field(description="Days on which they could work, or do.")]
    available_weekend_days: int
    wanted_days: Annotated[int, Field(description="As many as they would like.")]
    days: Annotated[int, Field(description="Days on which they would work, fixed ones among them.")]
    weekend_days: int
    drive_minutes: Annotated[int, Field(description="One way, all days together.")]
    owed_centidays_before: Annotated[
        int, Field(description="Hundredths of a day that earlier periods owe them; below 0 they had more.")
    ]
    owed_centidays_after: int

    @classmethod
    def of(cls, load: ClinicianLoad) -> "ClinicianLoadView":
        """Return who works how much as the API shows it."""
        return cls(
            clinician_id=load.clinician_id,
            name=load.name,
            role=load.role,
            available_days=load.available_days,
            available_weekend_days=load.available_weekend_days,
            wanted_days=load.wanted_days,
            days=load.days,
            weekend_days=load.weekend_days,
            drive_minutes=load.drive_minutes,
            owed_centidays_before=load.owed_centidays_before,
            owed_centidays_after=load.owed_centidays_after,
        )


class ClinicianLoadsView(View):
    """Who works how much in a proposal, by id."""

    loads: list[ClinicianLoadView]
    next: str | None


class MatchFilesView(View):
    """What is kept of a run in the interchange format, to be studied and matched again elsewhere."""

    instance: Annotated[SignedRequestView | None, Field(description="Null until it is known what is matched.")]
    solution: Annotated[SignedRequestView | None, Field(description="Null where nothing is proposed.")]

    @classmethod
    def of(cls, downloads: Downloads) -> "MatchFilesView":
        """Return what is kept as the API shows it."""
        return cls(
            instance=SignedRequestView.of(downloads.instance) if downloads.instance else None,
            solution=SignedRequestView.of(downloads.solution) if downloads.solution else None,
        )
