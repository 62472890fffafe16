"""Writes ``events/schemas/<EventName>.json``: what each event carries on the bus, out of its dataclass.

    python -m tools.event_schemas

Whoever listens reads these, so a form that breaks them is refused: it needs a new ``VERSION``.
"""

import json
import sys
from collections.abc import Iterator, Mapping
from inspect import getdoc
from pathlib import Path
from typing import Any, Final

import bitewing.care_teams.events
import bitewing.case_days.events
import bitewing.cases.correction_events
import bitewing.cases.events
import bitewing.cases.review_events
import bitewing.cases.shipping_events
import bitewing.directory.events
import bitewing.files.events
import bitewing.home.events
import bitewing.match_runs.events
import bitewing.members.events
import bitewing.planning.events
import bitewing.requirements.events
import bitewing.rx.events
import bitewing.scheduling.events
from bitewing.kernel.events import Event
from pydantic import TypeAdapter

from tools.offline import PROJECT

SCHEMAS: Final = PROJECT / "events" / "schemas"
#: The rooms that announce something; importing them is what makes their events known.
ROOMS: Final = (
    bitewing.care_teams.events,
    bitewing.cases.events,
    bitewing.cases.review_events,
    bitewing.cases.shipping_events,
    bitewing.cases.correction_events,
    bitewing.case_days.events,
    bitewing.directory.events,
    bitewing.files.events,
    bitewing.home.events,
    bitewing.match_runs.events,
    bitewing.members.events,
    bitewing.planning.events,
    bitewing.requirements.events,
    bitewing.rx.events,
    bitewing.scheduling.events,
)
#: What every event can carry beside its own fields, from where it is written down.
BESIDE: Final[dict[str, Any]] = {
    "actor_id": {
        "type": "string",
        "description": "The person who did it; not there where nobody did, or a machine.",
    },
}
_NOT_COMPARED: Final = frozenset({"title", "description"})


def event_types() -> tuple[type[Event], ...]:
    """Return every event that can be on the bus, by name."""
    found = set(_leaves(Event))
    return tuple(sorted(found, key=lambda kind: kind.__name__))


def schema_of(kind: type[Event]) -> dict[str, Any]:
    """Return the JSON Schema of an event's detail."""
    carried: dict[str, Any] = TypeAdapter(kind).json_schema(mode="serialization")
    properties = {
        "version": {"const": kind.VERSION, "description": "The version of this form."},
        **_untitled(carried["properties"]),
        **BESIDE,
    }
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": kind.__name__,
        "description": (getdoc(kind) or "").partition("\n")[0],
        "x-source": kind.SOURCE,
        "type": "object",
        "properties": properties,
        "required": ["version", *carried["required"]],
    }
    if "$defs" in carried:
        schema["$defs"] = {name: _untitled(each) for name, each in sorted(carried["$defs"].items())}
    return schema


def text_of(kind: type[Event]) -> str:
    """Return the schema of an event as it is committed."""
    return json.dumps(schema_of(kind), indent=2, ensure_ascii=False) + "\n"


def breaks(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    """Yield what in a new schema would surprise a consumer that was written for the old one.

    A new field is no surprise: consumers leave alone what they do not know. A field that is gone, that has
    another type, that can be absent now, or that can have values which the old form did not have, is one.

    Args:
        old: A committed schema.
        new: The schema of the same event now.
    """
    if old["x-source"] != new["x-source"]:
        yield f"the source is {new['x-source']} instead of {old['x-source']}"
    before, after = old["properties"], new["properties"]
    for name in before:
        if name == "version":
            continue
        if name not in after:
            yield f"{name} is gone"
        elif name in old["required"] and name not in new["required"]:
            yield f"{name} can be absent"
        elif _resolved(before[name], old) != _resolved(after[name], new):
            yield f"{name} is another"


def main(folder: Path = SCHEMAS) -> None:
    """Write all schemas, and remove those of events that are no more.

    Raises:
        ValueError: An event changed its form without a new version.
    """
    folder.mkdir(parents=True, exist_ok=True)
    names = {f"{kind.__name__}.json" for kind in event_types()}
    for kind in event_types():
        path = folder / f"{kind.__name__}.json"
        if path.exists() and (problem := _broken(json.loads(path.read_text()), schema_of(kind))):
            raise ValueError(f"{kind.__name__}: {problem}. Count up its VERSION.")
        path.write_text(text_of(kind), encoding="utf-8")
    for path in folder.glob("*.json"):
        if path.name not in names:
            path.unlink()


def _broken(old: Mapping[str, Any], new: Mapping[str, Any]) -> str:
    if old["properties"]["version"]["const"] != new["properties"]["version"]["const"]:
        return ""
    return ", ".join(breaks(old, new))


def _leaves(kind: type[Event]) -> Iterator[type[Event]]:
    children = kind.__subclasses__()
    # A dataclass with slots is made twice; only the second one stands in its module.
    children = [child for child in children if getattr(sys.modules[child.__module__], child.__name__, None) is child]
    if not children:
        yield kind
    for child in children:
        yield from _leaves(child)


def _untitled(schema: dict[str, Any]) -> dict[str, Any]:
    return {
        name: {key: value for key, value in each.items() if key != "title"} if isinstance(each, dict) else each
        for name, each in schema.items()
        if name != "title"
    }


def _resolved(schema: Any, whole: Mapping[str, Any]) -> Any:
    """Return a schema with its references replaced, without what is only for readers."""
    if isinstance(schema, list):
        return [_resolved(each, whole) for each in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return _resolved(whole["$defs"][schema["$ref"].rpartition("/")[2]], whole)
    return {key: _resolved(value, whole) for key, value in schema.items() if key not in _NOT_COMPARED}


if __name__ == "__main__":
    main()
