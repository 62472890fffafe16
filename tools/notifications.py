"""Says who hears of what, and where, by a set of rules: as a grid, beside each role, and in words.

    python -m tools.notifications

A capital letter is a channel: ``E`` e-mail, ``T`` text message, ``I`` inbox, ``W`` webhook; ``*`` where it depends on
what the fact says, ``!`` where quiet hours do not hold, ``~`` where it is gathered.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from bitewing.kernel.caller import OrganizationKind, Role
from bitewing.notifications.audience import Addressee, Around, Hearing, hearings
from bitewing.notifications.defaults import DEFAULT_RULES, NOBODY_HEARS
from bitewing.notifications.fact import Fact
from bitewing.notifications.facts import EVENTS
from bitewing.notifications.reminder import LEAD, REMINDERS, Lead
from bitewing.notifications.rule import DAYS, FORMS, Audience, Channel, Rule, Urgency, rules_for

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


#: Everybody whom a fact can be for, each by what they are to it.
_EVERYBODY: Final[Mapping[str, tuple[OrganizationKind, frozenset[Role]]]] = {
    "sender": (OrganizationKind.PRACTICE, frozenset({Role.PRACTICE_STAFF})),
    "pr.adm": (OrganizationKind.PRACTICE, frozenset({Role.PRACTICE_ADMIN})),
    "pr.staff": (OrganizationKind.PRACTICE, frozenset({Role.PRACTICE_STAFF})),
    "address": (OrganizationKind.PRACTICE, frozenset()),
    "lab.adm": (OrganizationKind.LAB, frozenset({Role.LAB_ADMIN})),
    "lab.staff": (OrganizationKind.LAB, frozenset({Role.LAB_STAFF})),
    "member": (OrganizationKind.CARE_TEAM, frozenset({Role.CLINICIAN})),
    "clinician": (OrganizationKind.CARE_TEAM, frozenset({Role.CLINICIAN})),
    "manager": (OrganizationKind.CARE_TEAM, frozenset({Role.MANAGER})),
    "named": (OrganizationKind.PRACTICE, frozenset({Role.PRACTICE_STAFF})),
    "platform": (OrganizationKind.PLATFORM, frozenset({Role.PLATFORM_ADMIN})),
}
_SYSTEM: Final = "system"
_ROLE_CELL: Final = 10
_LONGEST_ROW: Final = 60
_LONGEST_WORDS: Final = 34
_NOON: Final = datetime(2026, 3, 2, 12, tzinfo=UTC)


def main() -> None:
    """Print all of it."""
    print(grid(), "", beside_roles(), "", in_words(), sep="\n")  # noqa: T201 - it is what this is for


def grid(rules: Iterable[Rule] = DEFAULT_RULES) -> str:
    """Return every fact beside every audience."""
    rules = tuple(rules)
    names = (*sorted(EVENTS), *sorted(REMINDERS))
    width = max(map(len, names)) + 1
    head = " " * width + "".join(f"{name:{_CELL}}" for name in _COLUMNS.values())
    return "\n".join([head.rstrip(), *(_row(name, rules, width).rstrip() for name in names)])


def beside_roles(rules: Iterable[Rule] = DEFAULT_RULES, silent: Mapping[str, str] = NOBODY_HEARS) -> str:
    """Return who really hears of each fact, in which words: a line for each thing that it can say, a column a role.

    The same way is gone as when people are told: rules, who is around the fact, each of them once.
    """
    rules = tuple(rules)
    lines = [_said_of_roles("", [*_EVERYBODY, _SYSTEM], "in which words")]
    for name in (*sorted(EVENTS), *sorted(REMINDERS)):
        if name in silent and not any(rule.of == name for rule in rules):
            lines.append(f"{name}: nobody. {silent[name]}")
        asked = {_asked(rule): rule for rule in rules if rule.of == name}
        told_to_people = {says: rule for says, rule in asked.items() if rule.template}
        lines += [_line(says, rule, rules) for says, rule in (told_to_people or asked).items()]
    return "\n".join(line.rstrip() for line in lines)


def _asked(rule: Rule) -> str:
    said = [f"{name}={'|'.join(sorted(words))}" for name, words in sorted(rule.when.items())]
    lead = [] if rule.lead is None else [rule.lead.code]
    return " ".join([rule.of, *lead, *(_short(each) for each in said)])


def _short(said: str) -> str:
    return said if len(said) <= _LONGEST_WORDS else f"{said[: _LONGEST_WORDS - 3]}..."


def _line(says: str, rule: Rule, rules: tuple[Rule, ...]) -> str:
    fact = _supposed(rule, rules)
    applying = rules_for(fact, rules)
    heard = {each.addressee.addressee_id: each for each in hearings(fact, applying, _around())}
    cells = [_heard(heard[name]) if name in heard else "." for name in _EVERYBODY]
    is_for_systems = any(Channel.WEBHOOK in each.channels for each in applying)
    words = dict.fromkeys(each.template for each in applying if each.template)
    return _said_of_roles(says, [*cells, "W" if is_for_systems else "."], ", ".join(words))


def _heard(hearing: Hearing) -> str:
    letters = "".join(letter for channel, letter in _LETTERS.items() if channel in hearing.templates)
    return letters + _MARKS[hearing.urgency]


def _said_of_roles(first: str, cells: Iterable[str], last: str) -> str:
    return f"{first:{_LONGEST_ROW}}" + "".join(f"{cell:{_ROLE_CELL}}" for cell in cells) + last


def _supposed(rule: Rule, rules: Iterable[Rule]) -> Fact:
    """Return a fact that a rule tells, and of which everybody is a part; what the rule does not ask, nobody asks."""
    form = FORMS[rule.of]
    detail: dict[str, Any] = {name: name for name in form.fields}
    for name, words in form.values.items():
        asked = {word for each in rules if each.of == rule.of for word in each.when.get(name, ())}
        detail[name] = next((word for word in words if word not in asked), words[0])
    detail |= dict.fromkeys(("concerns_practice", "concerns_managers"), True)
    detail |= dict.fromkeys(DAYS, _NOON.date().isoformat())
    detail |= {"members": ["member"], "concerns": ["member"], "clinician_id": "member", "user_id": "named"}
    detail |= {name: min(words) for name, words in rule.when.items()}
    if rule.lead is not None:
        detail[LEAD] = rule.lead.code
    known = {name: value for name, value in detail.items() if name in form.fields}
    return Fact(name=rule.of, fact_id="1", subject_id="1", occurred_at=_NOON, detail=known)


def _around() -> Around:
    """Return everybody, as they are looked up around a fact."""
    of = {
        name: Addressee(
            addressee_id=name,
            organization_kind=kind,
            organization_id=kind.value,
            roles=roles,
            email=f"{name}@example.com",
            is_person=bool(roles),
        )
        for name, (kind, roles) in _EVERYBODY.items()
    }
    practice = (of["sender"], of["pr.adm"], of["pr.staff"])
    return Around(
        sender_id="sender",
        practice=practice,
        practice_address=of["address"],
        lab=(of["lab.adm"], of["lab.staff"]),
        care_team=(of["member"], of["clinician"], of["manager"]),
        period_practices=practice,
        organization=(of["pr.adm"], of["named"]),
        platform=(of["platform"],),
    )


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
