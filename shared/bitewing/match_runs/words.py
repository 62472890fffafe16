"""What is kept beside the instance of a run, and is no matter of the solver: names, dates, and what is owed to whom.

The instance is in the interchange format; this is ours alone, and says nothing of patients.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from pydantic import TypeAdapter

from bitewing.match_runs.building import Built, DateOut, Gathered, LeftOut, Names
from bitewing.matching.fairness import Ledger

#: Under which name they are kept.
WORDS: Final = "words.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a proposal repeats of a request.

    Attributes:
        dates: All of them, in order of preference.
    """

    request_id: str
    practice_id: str
    site_id: str
    dates: tuple[date, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What a proposal says of an instance, beyond the instance.

    Attributes:
        period_id: What is matched.
        requests: All that waited for a day, by id, those that are left out among them.
        left_out: Those that are not in the instance.
        dates_out: By id of a request, those of its dates that are not.
        wanted_days: How many days each clinician would like, whatever is owed to them.
        ledger: What earlier periods owe to them.
        elsewhere: Fixed days of other periods, by id.
    """

    period_id: str
    requests: tuple[Asked, ...]
    left_out: tuple[LeftOut, ...]
    dates_out: Mapping[str, tuple[DateOut, ...]]
    wanted_days: Mapping[str, int]
    ledger: Ledger
    elsewhere: frozenset[str]
    names: Names


_WORDS: Final = TypeAdapter(Words)


def words_of(gathered: Gathered, built: Built) -> Words:
    """Return what is kept beside an instance."""
    requests = sorted(gathered.requests, key=lambda each: each.request_id)
    return Words(
        period_id=gathered.period.period_id,
        requests=tuple(
            Asked(
                request_id=each.request_id, practice_id=each.practice_id, site_id=each.site_id, dates=tuple(each.dates)
            )
            for each in requests
        ),
        left_out=built.left_out,
        dates_out=built.dates_out,
        wanted_days=built.wanted_days,
        ledger=gathered.ledger,
        elsewhere=built.elsewhere,
        names=built.names,
    )


def written(words: Words) -> str:
    """Return words as a text."""
    return _WORDS.dump_json(words).decode()


def read(text: str) -> Words:
    """Return the words of a text."""
    return _WORDS.validate_json(text)
