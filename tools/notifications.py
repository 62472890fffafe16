"""Says who hears of what, and where, by a set of rules: as a grid, and in words.

    python -m tools.notifications

A capital letter is a channel: ``E`` e-mail, ``T`` text message, ``I`` inbox, ``W`` webhook; ``*`` where it depends on
what the fact says, ``!`` where quiet hours do not hold, ``~`` where it is gathered.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from bitewing.notifications.defaults import DEFAULT_RULES, NOBODY_HEARS
from bitewing.notifications.facts import EVENTS
from bitewing.notifications.reminder import REMINDERS, Lead
from bitewing.notifications.rule import Audience, Channel, Rule, Urgency

_LETTERS: Final = {Channel.EMAIL: "E", Channel.TEXT: "T", Channel.INBOX: "I", Channel.WEBHOOK: "W"}
_MARKS: Final = {Urgency.URGENT: "!", Urgency.USUAL: "", Urgency.GATHERED: "~"}
#: Short names of the columns; in the order of the audiences.
_COLUMNS: Final[Mapping[Audience, str]] = {
    Audience.PRACTICE_OF_CASE: "prac.",
    Audience.DENTISTS_SIDE: "dent.",
    Audience.PRACTICE_ADDRESS: "addr.",
    Audience.LAB_OF_CASE: "lab",
    Audience.MEMBERS_OF_TEAM: "team",
    Audience.CLINICIAN_NAMED: "clin.",
    Audience.CLINICIANS_OF_CARE_TEAM: "clins",
    Audience.MANAGERS_OF_CARE_TEAM: "mgrs",
    Audience.PRACTICE_OF_DAY: "pr.day",
    Audience.PRACTICES_OF_PERIOD: "pr.per",
    Audience.PRACTICE_ADMINS: "pr.adm",
    Audience.LAB_ADMINS: "labadm",
    Audience.ADMINS_OF_ORGANIZATION: "admins",
    Audience.PERSON_NAMED: "person",
    Audience.PLATFORM: "platf.",
}
_CELL: Final = 7


def main() -> None:
    """Print both."""
    print(grid(), "", in_words(), sep="\n")  # noqa: T201 - it is what this is for


def grid(rules: Iterable[Rule] = DEFAULT_RULES) -> str:
    """Return every fact beside every audience."""
    rules = tuple(rules)
    names = (*sorted(EVENTS), *sorted(REMINDERS))
    width = max(map(len, names)) + 1
    head = " " * width + "".join(f"{name:{_CELL}}" for name in _COLUMNS.values())
    return "\n".join([head.rstrip(), *(_row(name, rules, width).rstrip() for name in names)])


def in_words(rules: Iterable[Rule] = DEFAULT_RULES, silent: Mapping[str, str] = NOBODY_HEARS) -> str:
    """Return each rule in a line, and of what nobody hears, why."""
    rules = tuple(rules)
    lines: list[str] = []
    for name in (*sorted(EVENTS), *sorted(REMINDERS)):
        lines.append(name)
        if name in silent:
            lines.append(f"    nobody: {silent[name]}")
        lines += [f"    {_in_words(rule)}" for rule in rules if rule.of == name]
    return "\n".join(lines)


def _row(name: str, rules: tuple[Rule, ...], width: int) -> str:
    cells = (_cell([rule for rule in rules if rule.of == name and rule.audience is each]) for each in _COLUMNS)
    return f"{name:{width}}" + "".join(f"{cell or '.':{_CELL}}" for cell in cells)


def _cell(rules: list[Rule]) -> str:
    letters = "".join(letter for channel, letter in _LETTERS.items() if any(channel in rule.channels for rule in rules))
    of_people = [rule for rule in rules if rule.template]
    marks = "".join(dict.fromkeys(_MARKS[rule.urgency] for rule in of_people))
    return letters + marks + ("*" if of_people and all(rule.when for rule in of_people) else "")


def _in_words(rule: Rule) -> str:
    return "; ".join(_parts(rule))


def _parts(rule: Rule) -> Iterator[str]:
    yield f"{rule.audience.value}: {', '.join(sorted(rule.channels))}"
    if rule.template:
        yield f"{rule.template}, {rule.urgency.value}"
    if rule.when:
        yield "when " + " and ".join(f"{name} is {' or '.join(sorted(words))}" for name, words in rule.when.items())
    if rule.lead is not None:
        yield _lead(rule.lead)


def _lead(lead: Lead) -> str:
    again = f", then on {lead.then_daily} days in a row" if lead.then_daily > 1 else ""
    ever = f", then every {lead.then_every_days} days" if lead.then_every_days else ""
    return f"{lead.amount} {lead.unit.value.replace('_', ' ')}{again}{ever}"


if __name__ == "__main__":
    main()
