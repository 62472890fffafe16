"""How the independent parts of an instance are dealt out, to be solved side by side."""

from collections.abc import Sequence
from typing import Final

from bitewing.matching.instance import Instance

#: So many at most are solved at once: more would wait for each other's functions, and be no sooner.
MAX_BATCHES: Final = 20


def batches_of(parts: Sequence[Instance]) -> tuple[tuple[int, ...], ...]:
    """Return batches of similar size, as numbers of parts; the same parts give the same batches.

    The largest part that is left goes to the batch that has least.

    Args:
        parts: In their order, see :func:`bitewing.matching.parts.parts_of`.
    """
    batches = [list[int]() for _ in range(min(len(parts), MAX_BATCHES))]
    sizes = [0] * len(batches)
    for number in sorted(range(len(parts)), key=lambda each: (-size_of(parts[each]), each)):
        least = min(range(len(batches)), key=lambda each: (sizes[each], each))
        batches[least].append(number)
        sizes[least] += size_of(parts[number])
    return tuple(tuple(sorted(each)) for each in batches)


def size_of(part: Instance) -> int:
    """Return how large a part is: whom it could send on which date of which request, if all of them could go."""
    return len(part.clinicians) * sum(len(each.dates) for each in part.requests)
