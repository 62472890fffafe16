"""Matching with Timefold, in its Python: each role of each request takes one of the people and dates that it can.

What keeps somebody from a practice on a day, whatever else they do, is left out before: it is what the others get, too.
A team that is not complete is worth a little, so that the search has something to climb; it is dropped in the end.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Annotated

from bitewing.matching.instance import ROLES, Instance
from bitewing.matching.options import options_of
from bitewing.matching.rules import objective
from bitewing.matching.schedule import Assignment
from timefold.solver import SolverFactory
from timefold.solver.config import Duration, ScoreDirectorFactoryConfig, SolverConfig, TerminationConfig
from timefold.solver.domain import (
    PlanningEntityCollectionProperty,
    PlanningId,
    PlanningScore,
    PlanningVariable,
    ProblemFactCollectionProperty,
    ValueRangeProvider,
    planning_entity,
    planning_solution,
)
from timefold.solver.score import (
    Constraint,
    ConstraintCollectors,
    ConstraintFactory,
    HardSoftScore,
    Joiners,
    constraint_provider,
)

from benchmarks.match_one import Outcome

MEMBERS = len(ROLES)
#: What a member of a team that is not complete counts, as a part of the request.
PARTLY = 4


@dataclass
class Choice:
    """Somebody on a date, for one role of one request; worth is of the drive, and of whom the practice prefers."""

    clinician: int
    day: int
    week: int
    worth: int
    days_per_week: int
    days_in_row: int
    target: int


@dataclass
class Team:
    """Three who like to work together."""

    nurse: int
    medic: int
    anesthesiologist: int


@planning_entity
@dataclass
class Place:
    """One role of one request."""

    id: Annotated[int, PlanningId]
    request: int
    practice: int
    role: int
    worth: int
    choices: Annotated[list[Choice], ValueRangeProvider]
    choice: Annotated[Choice | None, PlanningVariable(allows_unassigned=True)] = field(default=None)


@planning_solution
@dataclass
class Plan:
    """All places."""

    teams: Annotated[list[Team], ProblemFactCollectionProperty]
    places: Annotated[list[Place], PlanningEntityCollectionProperty]
    score: Annotated[HardSoftScore | None, PlanningScore] = field(default=None)


def match(instance: Instance, time_limit_s: float, _gap: float) -> Outcome:
    """Match in a time; it proves nothing."""
    ordered = instance.in_order()
    weights = ordered.weights
    plan = _plan(ordered)
    config = SolverConfig(
        solution_class=Plan,
        entity_class_list=[Place],
        score_director_factory_config=ScoreDirectorFactoryConfig(
            constraint_provider_function=_constraints(weights.team, weights.fair_day)
        ),
        termination_config=TerminationConfig(spent_limit=Duration(milliseconds=int(1000 * time_limit_s))),
        random_seed=0,
    )
    solved = SolverFactory.create(config).build_solver().solve(plan)
    if solved.score.hard_score < 0:
        return Outcome(objective=None, bound=None)
    chosen = defaultdict(dict)
    for place in solved.places:
        if place.choice is not None:
            chosen[place.request][place.role] = place.choice
    found = tuple(
        Assignment(
            request_id=ordered.requests[request].request_id,
            day=of_role[0].day,
            team=tuple(ordered.clinicians[of_role[role].clinician].clinician_id for role in range(len(ROLES))),
        )
        for request, of_role in sorted(chosen.items())
        if len(of_role) == len(ROLES)
    )
    return Outcome(objective=objective(ordered, found), bound=None, assignments=found)


def _plan(instance: Instance) -> Plan:
    options = options_of(instance)
    choices = defaultdict(list)
    for column, option in enumerate(options.column_option.tolist()):
        clinician = int(options.column_clinician[column])
        of, day, role = instance.clinicians[clinician], int(options.day[option]), int(options.column_role[column])
        lost = instance.weights.served * instance.requests[options.request[option]].priority - options.worth[option]
        worth = int(options.column_worth[column]) - (int(lost) if role == 0 else 0)
        limits = of.max_days_per_week, of.max_days_in_row, of.target_days
        choices[int(options.request[option]), int(options.practice[option]), role].append(
            Choice(clinician, day, instance.week(day), worth, *limits)
        )
    places = [
        Place(number, request, practice, role, instance.weights.served * instance.requests[request].priority, of_place)
        for number, ((request, practice, role), of_place) in enumerate(sorted(choices.items(), key=lambda one: one[0]))
    ]
    number = {each.clinician_id: place for place, each in enumerate(instance.clinicians)}
    by_role = {each.clinician_id: ROLES.index(each.role) for each in instance.clinicians}
    teams = [
        Team(*(number[one] for one in sorted(team, key=by_role.__getitem__)))
        for team in sorted(instance.preferred_teams, key=sorted)
    ]
    return Plan(teams, places)


def _constraints(team_worth: int, day_worth: int):
    """Return the hard rules that people's other days make, and the objective."""

    @constraint_provider
    def constraints(factory: ConstraintFactory) -> list[Constraint]:
        hard, soft = HardSoftScore.ONE_HARD, HardSoftScore.ONE_SOFT
        return [
            factory.for_each_unique_pair(Place, Joiners.equal(lambda place: place.request))
            .filter(lambda one, other: one.choice.day != other.choice.day)
            .penalize(hard)
            .as_constraint("one date of a request"),
            factory.for_each_unique_pair(
                Place,
                Joiners.equal(lambda place: place.choice.clinician),
                Joiners.equal(lambda place: place.choice.day),
            )
            .penalize(hard)
            .as_constraint("one practice a day"),
            factory.for_each_unique_pair(
                Place,
                Joiners.equal(lambda place: place.practice),
                Joiners.equal(lambda place: place.choice.day),
                Joiners.equal(lambda place: place.role),
            )
            .penalize(hard)
            .as_constraint("one Case Day of a practice a day"),
            factory.for_each(Place)
            .group_by(
                lambda place: place.choice.clinician,
                lambda place: place.choice.week,
                lambda place: place.choice.days_per_week,
                ConstraintCollectors.count(),
            )
            .filter(lambda _clinician, _week, limit, days: days > limit)
            .penalize(hard, lambda _clinician, _week, limit, days: days - limit)
            .as_constraint("days a week"),
            factory.for_each(Place)
            .group_by(
                lambda place: place.choice.clinician,
                lambda place: place.choice.days_in_row,
                ConstraintCollectors.to_consecutive_sequences(lambda place: place.choice.day),
            )
            .flatten_last(lambda sequences: sequences.getConsecutiveSequences())
            .filter(lambda _clinician, limit, sequence: sequence.getLength() > limit)
            .penalize(hard, lambda _clinician, limit, sequence: sequence.getLength() - limit)
            .as_constraint("days in a row"),
            factory.for_each(Place)
            .group_by(lambda place: place.request, lambda place: place.worth, ConstraintCollectors.count())
            .reward(soft, lambda _request, worth, places: worth if places == MEMBERS else worth * places // PARTLY)
            .as_constraint("served"),
            factory.for_each(Place).impact(soft, lambda place: place.choice.worth).as_constraint("who goes"),
            factory.for_each(Team)
            .join(Place, Joiners.equal(lambda team: team.nurse, lambda place: place.choice.clinician))
            .join(
                Place,
                Joiners.equal(lambda team, _nurse: team.medic, lambda place: place.choice.clinician),
                Joiners.equal(lambda _team, nurse: nurse.request, lambda place: place.request),
            )
            .join(
                Place,
                Joiners.equal(lambda team, _nurse, _medic: team.anesthesiologist, lambda place: place.choice.clinician),
                Joiners.equal(lambda _team, nurse, _medic: nurse.request, lambda place: place.request),
            )
            .reward(soft, lambda _team, _nurse, _medic, _last: team_worth)
            .as_constraint("preferred teams"),
            factory.for_each(Place)
            .group_by(
                lambda place: place.choice.clinician, lambda place: place.choice.target, ConstraintCollectors.count()
            )
            .reward(soft, lambda _clinician, target, days: day_worth * min(days, target))
            .as_constraint("fair days"),
        ]

    return constraints
