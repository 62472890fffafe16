"""What managers decide of a proposal: whole, or day by day."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from typing import Any, Final

from bitewing.kernel.errors import FieldError, InvalidInput
from bitewing.match_runs.proposal import ProposedDay
from bitewing.match_runs.run import Decision, MatchRun

#: Days that one call decides on one by one: they are stored in one transaction.
MAX_NAMED: Final = 50


class All(StrEnum):
    """Every day on which nobody has decided, instead of days that are named."""

    ALL = "all"


Named = tuple[str, ...] | All
_WORDS: Final[Mapping[str, Decision]] = {"approve": Decision.APPROVED, "reject": Decision.REJECTED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Decisions:
    """What a manager decides, by the requests that the days are proposed for.

    Attributes:
        confirms_when_complete: Whether days are confirmed as soon as everybody has accepted; ``None``: as it was said
            before.
    """

    approve: Named = ()
    reject: Named = ()
    confirms_when_complete: bool | None = None

    @property
    def request_ids(self) -> tuple[str, ...]:
        """Return the requests that are named, as often as they are."""
        return tuple(request_id for _, request_id, _ in self.named())

    @property
    def rest(self) -> Decision | None:
        """Return what is decided of every day that is not named; ``None``: nothing."""
        return next((decision for word, decision in _WORDS.items() if getattr(self, word) is All.ALL), None)

    def named(self) -> Iterator[tuple[str, str, Decision]]:
        """Yield where each request is named, the request, and what is decided of its day."""
        for word, decision in _WORDS.items():
            if not isinstance(named := getattr(self, word), All):
                for number, request_id in enumerate(named):
                    yield f"/{word}/{number}", request_id, decision

    def ensure_clear(self) -> None:
        """Refuse what nobody could follow, whatever is proposed.

        Raises:
            InvalidInput: Nothing is decided, too much at once, or all is approved and rejected.
        """
        if self.approve is All.ALL and self.reject is All.ALL:
            raise InvalidInput(FieldError("/reject", "All of it is approved: name the days that are not."))
        if not self.request_ids and self.rest is None:
            raise InvalidInput(FieldError("/approve", "Say which days are approved or rejected."))
        for pointer, _, _ in islice(self.named(), MAX_NAMED, None):
            raise InvalidInput(FieldError(pointer, f"Name {MAX_NAMED} days at once, approved and rejected together."))


def decided(
    run: MatchRun, asked: Decisions, days: Mapping[str, ProposedDay], *, by: str
) -> tuple[MatchRun, tuple[ProposedDay, ...]]:
    """Return a run after decisions, and the days that have one of their own for the first time.

    What was decided in the same way before stays; where nothing is new, the run is the same.

    Args:
        run: Of which something is undecided.
        asked: The decisions.
        days: Proposed days by request: those that are named, as far as they are proposed.
        by: Who decides.

    Raises:
        InvalidInput: A day is named twice, not proposed, or was decided otherwise.
    """
    if errors := tuple(_wrong(asked, days)):
        raise InvalidInput(*errors)
    changed = tuple(
        days[request_id].changed(decision=decision, decided_by=by)
        for _, request_id, decision in asked.named()
        if days[request_id].decision is None
    )
    approved = sum(each.decision is Decision.APPROVED for each in changed)
    values: dict[str, Any] = {
        "approved_alone": run.approved_alone + approved,
        "rejected_alone": run.rejected_alone + len(changed) - approved,
    }
    if asked.rest is not None:
        values |= {"rest": asked.rest, "rest_by": by}
    if asked.confirms_when_complete is not None:
        values["confirms_when_complete"] = asked.confirms_when_complete
    if all(getattr(run, name) == value for name, value in values.items()):
        return run, ()
    return run.changed(**values), changed


def _wrong(asked: Decisions, days: Mapping[str, ProposedDay]) -> Iterator[FieldError]:
    before: set[str] = set()
    for pointer, request_id, decision in asked.named():
        day = days.get(request_id)
        if request_id in before:
            yield FieldError(pointer, "This day is named before.")
        elif day is None:
            yield FieldError(pointer, "No day is proposed for this request.")
        elif day.decision not in (None, decision):
            yield FieldError(pointer, f"This day was {day.decision} before.")
        before.add(request_id)
