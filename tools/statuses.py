"""Writes what is told of statuses: the picture and the table in ``README.md``, every move in ``docs/statuses.md``.

    python -m tools.statuses

All of it comes from the one table in ``bitewing.cases.status``; a test holds both texts to it.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from bitewing.cases.status import (
    COLORS,
    HAS_DUE_DATE,
    HOLDABLE,
    MOVES,
    OF_OTHER_TYPES,
    OF_PLANNED_TYPES,
    SHOWN_AS,
    WAITS_FOR,
    MadeBy,
    Party,
    Status,
    made_by,
)

from tools.offline import PROJECT
from tools.written import README, written_anew

PAGE: Final = PROJECT / "docs" / "statuses.md"
BEGIN: Final = "<!-- Written by `make openapi` from shared/bitewing/cases/status.py; changes here are lost. -->"
END: Final = "<!-- The end of what is written from status.py. -->"

_FILLS: Final = {
    "red": "fill:#f8d0d0,stroke:#a02020,color:#400",
    "yellow": "fill:#fdf3c4,stroke:#a08000,color:#430",
    "green": "fill:#d4f0d4,stroke:#207020,color:#030",
    "white": "fill:#ffffff,stroke:#707070,color:#222",
}
_HOW: Final = {
    MadeBy.TRANSITIONS: "`transitions`",
    MadeBy.SUBMIT: "`submit`",
    MadeBy.PLANNING_SESSION: "`planning-session`",
}
#: What holds beside the table for a lab's drafts: it sends and throws away what it started itself.
_STARTED_BY_LAB: Final = "lab, of cases that it started"
#: And for the sessions that a practice gives up: the hours of its lab say how long it can.
_WHERE_ALLOWED: Final = "practice, where its lab allows it"
#: And for the sessions that a lab books.
_FOR_GUESTS: Final = "lab, for practices that have not joined"


def picture() -> str:
    """Return the moves as a diagram in Mermaid.

    What can be paused can be ended, and comes back to where it was: that is one arrow each, not one a status.
    """
    nodes = {status: f'{status}(["{SHOWN_AS[status]}"]):::{COLORS[status]}' for status in Status}
    lines = ["```mermaid", "flowchart TD", '    subgraph before_it_ships ["until it ships"]']
    inner = [move for move in MOVES if set(move) <= set(HOLDABLE)]
    ends_or_pauses = {Status.ON_HOLD, Status.CANCELLED}
    outer = [
        move for move in MOVES if move not in inner and not (set(move) & ends_or_pauses and set(move) & set(HOLDABLE))
    ]
    lines += [f"        {nodes[status]}" for status in HOLDABLE]
    lines += [f"        {_arrow(*move)}" for move in inner]
    lines.append("    end")
    lines += [f"    {nodes[status]}" for status in Status if status not in HOLDABLE]
    lines += [f"    {_arrow(*move)}" for move in outer]
    lines.append(f"    before_it_ships -->|{_parties(HOLDABLE[0], Status.ON_HOLD)}| on_hold")
    lines.append(f"    on_hold -->|{_parties(Status.ON_HOLD, HOLDABLE[0])}, to where it was| before_it_ships")
    lines.append(f"    before_it_ships -->|{_parties(HOLDABLE[0], Status.CANCELLED)}| cancelled")
    lines += [f"    classDef {color} {fill}" for color, fill in _FILLS.items()]
    return "\n".join([*lines, "```"])


def table() -> str:
    """Return a row for each status."""
    rows = [
        f"| `{status}` | {SHOWN_AS[status]} | {COLORS[status]} | {WAITS_FOR[status]} |"
        f" {'yes' if status in HAS_DUE_DATE else 'no'} |"
        for status in Status
    ]
    return "\n".join(
        ["| status | shown as | color | waits for | has a due date |", "| --- | --- | --- | --- | --- |", *rows]
    )


def moves() -> str:
    """Return a row for each move and each who makes it."""
    return "\n".join(["| from | to | by | with | of |", "| --- | --- | --- | --- | --- |", *_rows()])


def page() -> str:
    """Return the page about statuses."""
    return f"""{BEGIN}

# Statuses and moves

{picture()}

{table()}

A planned type has a due date from the booking of its planning session on. A draft that a lab started waits for the lab,
and so does the planning of a case whose practice has not joined.

## Every move

{moves()}

A paused case comes back to where it was, and to no other status. A planning session that was held is not missed, and
its practice does not give it up; its lab can let the case wait for another. Every other move is refused with 409
`move_not_allowed`, which names the moves that are allowed.

{END}
"""


def readme(text: str) -> str:
    """Return the README with its part about statuses written anew.

    Raises:
        ValueError: The README has no such part.
    """
    return written_anew(text, begin=BEGIN, end=END, part=f"{picture()}\n\n{table()}")


def main(*, readme_at: Path = README, page_at: Path = PAGE) -> None:
    """Write both."""
    readme_at.write_text(readme(readme_at.read_text(encoding="utf-8")), encoding="utf-8")
    page_at.write_text(page(), encoding="utf-8")


def _arrow(start: Status, to: Status) -> str:
    return f"{start} -->|{_parties(start, to)}| {to}"


def _parties(start: Status, to: Status) -> str:
    who = MOVES[start, to]
    return ", ".join(party for party in Party if party in who)


def _rows() -> Iterator[str]:
    for (start, to), parties in sorted(MOVES.items(), key=lambda move: tuple(map(list(Status).index, move[0]))):
        of = dict.fromkeys(OF_PLANNED_TYPES, "planned types") | dict.fromkeys(OF_OTHER_TYPES, "other types")
        for party in (party for party in Party if party in parties):
            is_its_own = party is Party.LAB and (start is Status.DRAFT or made_by(start, to) is MadeBy.SUBMIT)
            is_for_guests = party is Party.LAB and start is not Status.ON_HOLD and to is Status.PLANNING_SCHEDULED
            who = _STARTED_BY_LAB if is_its_own else _FOR_GUESTS if is_for_guests else party
            if party is Party.PRACTICE and (start, to) == (Status.PLANNING_SCHEDULED, Status.READY_TO_PLAN):
                who = _WHERE_ALLOWED
            how = "" if party is Party.SYSTEM else _HOW[made_by(start, to)]
            yield f"| `{start}` | `{to}` | {who} | {how} | {of.get((start, to), 'every type')} |"


if __name__ == "__main__":
    main()
