"""Writes what is told of Case Days: the picture in ``README.md``, and all that is decided by tables in a page.

    python -m tools.case_days

It comes from the tables of moves of periods, match runs, requests and days, from the hard rules, from what a schedule
is worth and what changes need by default, from whom care teams treat by default, and from the skills that patients
need; a test holds both texts to them.
"""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Final, TypeVar

from bitewing.care_teams.care_team import TEAM_ROLES
from bitewing.care_teams.patient_kinds import SKILLS_NEEDED
from bitewing.care_teams.screening import BELOW_KG, USUAL_SCREENING
from bitewing.case_days.changes import DEFAULT_CRITERIA, ChangedField, ChangeOutcome
from bitewing.case_days.hard_rules import NEVER_OVERRIDDEN, HardRule
from bitewing.case_days.status import DAY_MOVES
from bitewing.match_runs.run import RUN_MOVES
from bitewing.scheduling.period import PERIOD_MOVES
from bitewing.scheduling.request import REQUEST_MOVES
from bitewing.scheduling.weights import MatchWeights

from tools.offline import PROJECT
from tools.written import README, written_anew

PAGE: Final = PROJECT / "docs" / "case-days.md"
BEGIN: Final = "<!-- Written by `make openapi` from shared/bitewing/case_days; changes here are lost. -->"
END: Final = "<!-- The end of what is written from case_days. -->"

Status = TypeVar("Status", bound=StrEnum)
Party = TypeVar("Party", bound=StrEnum)

#: What each hard rule asks of a clinician.
RULES: Final[Mapping[HardRule, str]] = {
    HardRule.INACTIVE: "is active",
    HardRule.ROLE: "has the role",
    HardRule.LICENSE: "has a license for the state of the site that is valid on the day",
    HardRule.SKILL: "has the skills that the patients need, with certificates that are valid on the day",
    HardRule.BLOCKED: "is not blocked by the practice, and does not block it",
    HardRule.AVAILABILITY: "has an approved availability for the day, where it is planned in a period",
    HardRule.CLAIMED: "is at no other practice on the day",
    HardRule.DRIVE: "drives no longer than they said",
    HardRule.WEEK: "works no more days of the week than they said",
    HardRule.ROW: "works no more days in a row than they said",
}
#: What each weight of a schedule is for.
WEIGHTS: Final[Mapping[str, str]] = {
    "served": "gained for each step of the priority, 1 to 5, of a request that has its day",
    "travel_min": "lost for each minute that a member drives, one way",
    "preferred": "gained for each member whom the practice prefers",
    "team": "gained for a team that likes to work together",
    "fair_day": "gained for each day of a clinician, up to as many as they would like",
    "later_date": "lost for each step down in the order of the dates that a practice asks for",
}
_UNITS: Final = {
    ChangedField.STARTS_AT: "up to {} minutes earlier or later",
    ChangedField.MINUTES: "up to {} minutes longer",
}
_OUTCOMES: Final = {
    ChangeOutcome.APPROVED: "approved on its own",
    ChangeOutcome.WAITS: "waits for a manager",
    ChangeOutcome.REFUSED: "refused",
}


def picture(moves: Mapping[tuple[Status, Status], frozenset[Party]]) -> str:
    """Return a table of moves as a diagram in Mermaid."""
    lines = ["```mermaid", "flowchart LR"]
    lines += [f"    {start} -->|{', '.join(sorted(who))}| {to}" for (start, to), who in moves.items()]
    return "\n".join([*lines, "```"])


def life(moves: Mapping[Status, frozenset[Status]]) -> str:
    """Return a table of moves that nobody is named for as a diagram in Mermaid."""
    lines = ["```mermaid", "flowchart LR"]
    lines += [f"    {start} --> {to}" for start, reached in moves.items() for to in sorted(reached)]
    return "\n".join([*lines, "```"])


def page() -> str:
    """Return the page about Case Days."""
    return f"""{BEGIN}

# Case Days

## A scheduling period

{picture(PERIOD_MOVES)}

Starting a match run makes a period `matching`, and nothing else does: a manager starts one, or it starts by itself when
the period says so (`match_at`). It ends in a proposal, or gives the period back to be reviewed. A manager who reviews
the period again stops the run.

## A match run

{life(RUN_MOVES)}

What a run proposes is seen by managers alone, and only whole. They approve or reject it, or its days one by one; what
nobody decides on in time expires. Of each day that is approved a Case Day is made. A period is not matched anew before
its proposal is decided on and what is approved is claimed.

A run keeps every Case Day that is not called off as it is, locked or not: with its date and its people, whatever rule
it breaks, and with its vacancies, which a manager fills. Matching looks for days for requests that have none. Requests
that a proposal leaves unmatched wait for the next run. What people were told is planned anew, with as few of them moved
as possible, from files alone (`bitewing-match solve --told`).

## What a schedule is worth

Of all schedules that break no hard rule, matching proposes the one that is worth most, and says what no schedule
exceeds. Where the time of a run does not suffice to prove the best, both say how much could be missing. What counts is
data of a period (`weights` of `PATCH /v1/scheduling-periods/{{period_id}}`), in points; where a manager says nothing
else:

{_table(("weight", "points", "what for"), _weights())}

How many days somebody would like is what they say (`target_days`), or else all days that they offer; and more or fewer,
as earlier periods owe them or they owe: who got less than the others of their role, measured by what they wanted, comes
first the next time.

## A Case Day request

The system makes it follow its Case Day.

{picture(REQUEST_MOVES)}

## A Case Day

{picture(DAY_MOVES)}

A day is confirmed only with one of each role who all accepted. It is tentative again as soon as somebody leaves or
breaks a hard rule that they kept, and when it is moved to another date. One whose time comes before anybody confirmed
it stays tentative, and the managers hear of it: they call it off. What a practice wants to be changed and nobody
decides on is refused when the day begins.

## Hard rules

Whoever is asked for a day:

{_table(("rule", "the clinician", "can be set aside"), _rules())}

A manager sets a rule aside by its name, for one member of one day, with a reason that stays in the day's history.

## Changes by the practice

What becomes of changes of a confirmed day where a care team has set nothing else (`PUT /v1/change-criteria`):

{_table(("what", "becomes"), _criteria())}

## Whom a care team treats

Patients up to ASA class {USUAL_SCREENING.max_asa_class} and of less than \
{BELOW_KG[USUAL_SCREENING.max_weight_class]} kg, where it has set nothing else (`screening` of
`PATCH /v1/care-teams/{{care_team_id}}`). Others cannot be assigned to its days.

## Skills that patients need

{_table(("patients", *TEAM_ROLES), _skills())}

{END}
"""


def readme(text: str) -> str:
    """Return the README with its part about Case Days written anew.

    Raises:
        ValueError: The README has no such part.
    """
    return written_anew(text, begin=BEGIN, end=END, part=picture(DAY_MOVES))


def main(*, readme_at: Path = README, page_at: Path = PAGE) -> None:
    """Write both."""
    readme_at.write_text(readme(readme_at.read_text(encoding="utf-8")), encoding="utf-8")
    page_at.write_text(page(), encoding="utf-8")


def _table(head: tuple[str, ...], rows: Iterator[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _rules() -> Iterator[tuple[str, ...]]:
    for rule in HardRule:
        yield f"`{rule}`", RULES[rule], "no" if rule in NEVER_OVERRIDDEN else "yes"


def _weights() -> Iterator[tuple[str, ...]]:
    usual = MatchWeights()
    for name, what in WEIGHTS.items():
        yield f"`{name}`", str(getattr(usual, name)), what


def _criteria() -> Iterator[tuple[str, ...]]:
    for changed, criterion in DEFAULT_CRITERIA.items():
        becomes = _OUTCOMES[criterion.outcome]
        if criterion.up_to == 0 and changed is ChangedField.MINUTES:
            becomes = f"shorter: {becomes}; longer: {_OUTCOMES[criterion.beyond]}"
        elif criterion.up_to is not None:
            becomes += f" {_UNITS[changed].format(criterion.up_to)}, beyond that {_OUTCOMES[criterion.beyond]}"
        yield f"`{changed}`", becomes


def _skills() -> Iterator[tuple[str, ...]]:
    for kind, needed in SKILLS_NEEDED.items():
        yield f"`{kind}`", *(", ".join(sorted(needed.of_role(role))) for role in TEAM_ROLES)


if __name__ == "__main__":
    main()
