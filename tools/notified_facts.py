"""Writes ``shared/bitewing/notifications/facts.py``: what can be told, out of the classes of all events.

    python -m tools.notified_facts

Written down, because whoever tells people of events is not to define all of them at each start. A test holds it to
the events that there are.
"""

from collections.abc import Iterable
from dataclasses import fields
from enum import StrEnum
from pathlib import Path
from textwrap import wrap
from types import UnionType
from typing import Final, get_args, get_origin, get_type_hints

from bitewing.kernel.events import Event

from tools.event_schemas import event_types
from tools.offline import PROJECT

FACTS: Final = PROJECT / "shared" / "bitewing" / "notifications" / "facts.py"
_HEAD: Final = '''"""Every event that there is, as far as rules can ask for it.

Written by ``python -m tools.notified_facts``; changes here are lost.
"""

from collections.abc import Mapping
from typing import Final

from bitewing.notifications.fact import FactForm, form_of

# fmt: off
EVENTS: Final[Mapping[str, FactForm]] = {
'''
#: Characters of one line of words.
_WIDTH: Final = 90
_OF_EVERY_EVENT: Final = frozenset(each.name for each in fields(Event))


def main(path: Path = FACTS) -> None:
    """Write the file."""
    path.write_text(text(), encoding="utf-8")


def text() -> str:
    """Return the file as it is committed."""
    return f"{_HEAD}{''.join(map(_form, event_types()))}}}\n"


def _form(kind: type[Event]) -> str:
    hints = get_type_hints(kind)
    names = [each.name for each in fields(kind) if each.name not in _OF_EVERY_EVENT]
    values = {name: known for name in names if (known := _values(hints[name]))}
    words = [kind.SUBJECT, *(name for name in names if name != kind.SUBJECT)]
    lines = [f'    "{kind.__name__}": form_of(', *_wrapped(words, before="        ", after=",")]
    for name, known in values.items():
        lines += _wrapped(known, before=f"        {name}=", after=",")
        if "pass" in name:
            lines[-1] += "  # noqa: S106 - it is none"
    return "\n".join([*lines, "    ),"]) + "\n"


def _wrapped(words: Iterable[str], *, before: str, after: str) -> list[str]:
    """Return words as one text in code, on as many lines as it needs."""
    parts = wrap(" ".join(words), width=_WIDTH)
    if len(parts) == 1:
        return [f'{before}"{parts[0]}"{after}']
    inside = [f'            "{part} "' for part in parts[:-1]]
    return [f"{before}(", *inside, f'            "{parts[-1]}"', f"        ){after}"]


def _values(hint: object) -> tuple[str, ...]:
    """Return what a field can say, where that is one of few words; also of each entry of a list."""
    if hint is bool:
        return ("false", "true")
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return tuple(each.value for each in hint)
    if get_origin(hint) is tuple or isinstance(hint, UnionType):
        return next((known for each in get_args(hint) if (known := _values(each))), ())
    return ()


if __name__ == "__main__":
    main()
