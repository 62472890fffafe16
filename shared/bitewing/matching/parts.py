"""Parts of an instance that decide nothing about each other, so that each is solved on its own, side by side."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace

from bitewing.matching.instance import Instance
from bitewing.matching.options import Options


def parts_of(instance: Instance, options: Options) -> tuple[Instance, ...]:
    """Return the independent parts of an instance, the largest first.

    Two requests are in one part where somebody could be on the team of both, or where they have a practice in common.
    Requests that nobody could take are in none.

    Args:
        instance: In the order of ids.
        options: Its options.
    """
    found = _Together()
    for option in range(options.n_options):
        found.join(("request", int(options.request[option])), ("practice", int(options.practice[option])))
    # Each pair once: a clinician is a candidate for most dates of a request.
    pairs = {
        (int(options.request[option]), int(clinician))
        for option, clinician in zip(options.column_option, options.column_clinician, strict=True)
    }
    for request, clinician in sorted(pairs):
        found.join(("request", request), ("clinician", clinician))
    parts = [_part(instance, members) for members in found.groups()]
    return tuple(sorted(parts, key=lambda part: (-len(part.requests), part.requests[0].request_id)))


class _Together:
    """What belongs together, by union and find."""

    def __init__(self) -> None:
        self._above = dict[tuple[str, int], tuple[str, int]]()

    def join(self, one: tuple[str, int], other: tuple[str, int]) -> None:
        above, below = self._top(one), self._top(other)
        if above != below:
            self._above[max(above, below)] = min(above, below)

    def groups(self) -> Iterator[dict[str, list[int]]]:
        """Yield the members of each group, by what they are."""
        members = defaultdict[tuple[str, int], dict[str, list[int]]](lambda: defaultdict(list))
        for kind, number in sorted(self._above):
            members[self._top((kind, number))][kind].append(number)
        yield from members.values()

    def _top(self, one: tuple[str, int]) -> tuple[str, int]:
        self._above.setdefault(one, one)
        while (above := self._above[one]) != one:
            self._above[one] = self._above[above]
            one = above
        return one


def _part(instance: Instance, members: dict[str, list[int]]) -> Instance:
    practices = tuple(instance.practices[number] for number in members["practice"])
    clinicians = tuple(instance.clinicians[number] for number in members["clinician"])
    practice_ids = {each.practice_id for each in practices}
    clinician_ids = {each.clinician_id for each in clinicians}
    return replace(
        instance,
        practices=practices,
        clinicians=clinicians,
        requests=tuple(instance.requests[number] for number in members["request"]),
        preferred_teams=frozenset(team for team in instance.preferred_teams if team <= clinician_ids),
        fixed=tuple(
            replace(each, team=each.team & clinician_ids)
            for each in instance.fixed
            if each.practice_id in practice_ids or each.team & clinician_ids
        ),
    )
