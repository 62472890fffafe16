"""Why a request is served as it is, or not at all, in words: all of it for managers, and its own part for a practice.

A practice reads no name of a clinician, of another practice or of another request, and not whom anybody does not want.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate
from typing import Final

from bitewing.kernel.moments import date_in_words
from bitewing.match_runs.building import DateOut, Hindrance, LeftOut, Names
from bitewing.matching.explaining import OnDate, RoleOnDate, Served, Unmatched
from bitewing.matching.rules import Rule
from bitewing.matching.wording import ROLE_WORDS, Naming, in_series, sentences

#: How long the reason for a practice is at most.
MAX_REASON: Final = 500
#: How long an explanation for managers is at most, all its sentences together: it is kept in one item of the table, and
#: read with a hundred others.
MAX_EXPLANATION: Final = 20_000
#: Of many dates so many are named where the reason would be too long otherwise, the first that fits.
_NAMED: Final = (31, 12, 6, 3, 1)
_MORE: Final = "There are more reasons."


@dataclass(frozen=True, slots=True, kw_only=True)
class _Statement:
    """What is said of dates.

    Attributes:
        one: Of one date.
        many: Of several.
        last: What stands before the last of several.
    """

    one: str
    many: str
    last: str = "and"

    @classmethod
    def alike(cls, says: str, *, last: str = "and") -> "_Statement":
        """Return what is said of one date as of several."""
        return cls(one=says, many=says, last=last)

    def of(self, dates: Sequence[date], *, named: int) -> str:
        said = [date_in_words(each) for each in dates[:named]]
        if (more := len(dates) - named) > 0:
            said.append(f"{more} other date{'s' if more > 1 else ''}")
        return (self.many if len(dates) > 1 else self.one).replace("{dates}", in_series(said, self.last))


_TAKEN: Final = _Statement.alike("The practice has another Case Day on {dates}.")
_OF_DATES: Final[Mapping[Hindrance, _Statement]] = {
    Hindrance.OUTSIDE: _Statement(one="{dates} is outside of the period.", many="{dates} are outside of the period."),
    Hindrance.OVER: _Statement(one="{dates} is over.", many="{dates} are over."),
    Hindrance.NO_PERMIT: _Statement.alike("The site has no permit that is valid on {dates}.", last="or"),
    Hindrance.TOO_LONG: _Statement.alike("On {dates} the day would end after midnight."),
    Hindrance.TAKEN: _TAKEN,
}
_OF_REQUESTS: Final[Mapping[Hindrance, str]] = {
    Hindrance.NO_SITE: "The site is not known any more.",
    Hindrance.SITE_CLOSED: "The site is closed.",
    Hindrance.STATE_NOT_PLANNED: "The period plans no sites in {state}.",
    Hindrance.STATE_NOT_WORKED: "The care team does not work in {state}.",
}
_TOO_FAR: Final = _Statement.alike("On {dates} the drives of a team would have been too long.")
_NO_TEAM: Final = _Statement.alike("No team was put together for {dates}.", last="or")


def for_manager(explanation: Served | Unmatched, names: Names, out: Sequence[DateOut] = ()) -> tuple[str, ...]:
    """Return why a request is served by its team, or why it is not served, in sentences.

    Those of an unmatched request have :data:`MAX_EXPLANATION` characters at most: of many, the later ones go, but what
    would help stays.

    Args:
        explanation: Of the request.
        names: Of everything in the instance.
        out: Those of its dates that were not matched.
    """
    said = sentences(explanation, naming=_naming(names))
    helps = said[-1:] if isinstance(explanation, Unmatched) and explanation.remedy is not None else ()
    last = (*helps, *_said(_of_dates(out)))
    return (*_first_of(said[: len(said) - len(helps)], room=MAX_EXPLANATION - sum(map(len, last))), *last)


def for_practice(unmatched: Unmatched, names: Names, out: Sequence[DateOut] = ()) -> str:
    """Return why a request is not served, as its practice may read it: :data:`MAX_REASON` characters at most.

    Args:
        unmatched: Why it is not served.
        names: Of the dates in the instance.
        out: Those of its dates that were not matched.
    """
    return _fitted([*_on_dates(unmatched, names), *_of_dates(out)])


def left_out_for_manager(left_out: LeftOut, names: Names) -> tuple[str, ...]:
    """Return why a request was not matched, in sentences."""
    return (f"{_place(left_out.request_id, names)} is not matched.", *_said(_of_left_out(left_out)))


def left_out_for_practice(left_out: LeftOut) -> str:
    """Return why a request was not matched, as its practice may read it."""
    return _fitted(_of_left_out(left_out))


def _naming(names: Names) -> Naming:
    return Naming(
        day=lambda day: date_in_words(names.date_of(day)),
        clinician=lambda each: names.clinicians.get(each, each),
        place=lambda each: _place(each, names),
        own=lambda each: _own(each, names),
        skill=_skill,
    )


def _place(what: str, names: Names) -> str:
    if (known := names.places.get(what)) is None:
        return what
    # A practice with one site often calls it like itself.
    return f"{known.practice} ({known.site})" if known.site not in {"", known.practice} else known.practice


def _own(what: str, names: Names) -> str:
    known = names.places.get(what)
    return f"another Case Day, at {known.site}" if known is not None and known.site else "another Case Day"


def _skill(name: str) -> str:
    return name.replace("_", " ")


def _of_left_out(left_out: LeftOut) -> list[tuple[_Statement, date | None]]:
    if left_out.why is None:
        return list(_of_dates(left_out.dates))
    return [(_Statement.alike(_OF_REQUESTS[left_out.why].format(state=left_out.state)), None)]


def _of_dates(out: Iterable[DateOut]) -> Iterator[tuple[_Statement, date | None]]:
    return ((_OF_DATES[each.why], each.on) for each in out)


def _on_dates(unmatched: Unmatched, names: Names) -> Iterator[tuple[_Statement, date | None]]:
    for each in unmatched.dates:
        for statement in _on_date(each, unmatched.state):
            yield statement, names.date_of(each.day)


def _on_date(on: OnDate, state: str) -> Iterator[_Statement]:
    if on.taken_by is not None:
        yield _TAKEN
    elif on.addition is not None:
        # Nobody else would lose it: only what it costs speaks against it, or nothing that was seen in time.
        yield _TOO_FAR if on.addition.worth <= 0 else _NO_TEAM
    for role in on.short:
        yield _short(role, state)


def _short(role: RoleOnDate, state: str) -> _Statement:
    one = ROLE_WORDS[role.role][0]
    if role.people == 0:
        return _Statement.alike(f"The care team has no {one}.")
    if role.busy:
        booked = "booked" if all(each.rule is Rule.CLAIMED for each in role.busy) else "booked, or had no days left,"
        return _Statement.alike(f"Every {one} who could come was {booked} on {{dates}}.")
    claims = {
        Rule.LICENSE: f"may work in {state}",
        Rule.SKILL: f"has {in_series([_skill(each) for each in role.needs])}",
        Rule.DRIVE: "lives near enough",
    }
    able = in_series([says for rule, says in claims.items() if rule in role.removed])
    # Who does not want whom is nobody's business: it is no more than that nobody could come.
    could = "could come" if Rule.BLOCKED in role.removed else "was free"
    return _Statement.alike(f"No {one}{f' who {able}' if able else ''} {could} on {{dates}}.", last="or")


def _said(statements: Iterable[tuple[_Statement, date | None]], *, named: int = _NAMED[0]) -> list[str]:
    """Return statements as sentences, each once with all its dates."""
    dates = dict[_Statement, list[date]]()
    for statement, on in statements:
        dates.setdefault(statement, []).extend([on] if on is not None else [])
    return [statement.of(those, named=named) for statement, those in dates.items()]


def _first_of(said: Sequence[str], *, room: int) -> tuple[str, ...]:
    """Return sentences, or the first of them for which there is room, and that there are more."""
    if sum(map(len, said)) <= room:
        return tuple(said)
    ends = accumulate(map(len, said), initial=len(_MORE))
    fitting = max(0, sum(end <= room for end in ends) - 1)
    return (*said[:fitting], _MORE)


def _fitted(statements: Sequence[tuple[_Statement, date | None]]) -> str:
    """Return statements as a text that is short enough: of many dates, some are counted; of many sentences, some go."""
    for named in _NAMED:
        said = _said(statements, named=named)
        if len(text := " ".join(said)) <= MAX_REASON:
            return text
    while len(text := " ".join([*said, _MORE])) > MAX_REASON:
        said.pop()
    return text
