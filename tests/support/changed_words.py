"""What owners change of notifications, kept in memory: the same promises as the table."""

from collections.abc import Collection
from dataclasses import replace
from typing import Any

from bitewing.kernel.caller import AlreadyAnswered, OrganizationKind, Request
from bitewing.kernel.errors import StaleVersion
from bitewing.notifications.changed_rules import ChangedRule, laid_over_defaults
from bitewing.notifications.changed_templates import ChangedTemplate, laid_over_default
from bitewing.notifications.mark import WISHES, Mark, MarkReason
from bitewing.notifications.owner import THE_PLATFORM, Owner
from bitewing.notifications.rule import Audience, Channel, Rule
from bitewing.notifications.templates.catalog import language_of
from bitewing.notifications.templates.template import Template
from bitewing.notifications.unruled import UnruledFact

from tests.support.builders import LAB_ID, NOW
from tests.support.in_memory import Memory

CARE_TEAM = Owner(kind=OrganizationKind.CARE_TEAM, organization_id="team-1")
OTHER_CARE_TEAM = Owner(kind=OrganizationKind.CARE_TEAM, organization_id="team-2")
#: A rule of the default set, of facts of care teams.
RULE_ID = "TeamMemberSilent.managers_of_care_team"


def a_rule(**changes: Any) -> Rule:
    rule = Rule(
        rule_id=RULE_ID,
        of="TeamMemberSilent",
        audience=Audience.MANAGERS_OF_CARE_TEAM,
        channels=frozenset({Channel.INBOX}),
        template="member_silent",
    )
    return replace(rule, **changes)


def a_changed_rule(rule: Rule | None = None, **changes: Any) -> ChangedRule:
    changed = ChangedRule(
        owner=THE_PLATFORM, rule_id=RULE_ID, rule=rule or a_rule(), version=1, changed_by="person-8", changed_at=NOW
    )
    return replace(changed, **changes)


def a_changed_template(**changes: Any) -> ChangedTemplate:
    changed = ChangedTemplate(
        owner=THE_PLATFORM,
        language="en",
        name="member_silent",
        template=Template(subject="No word for {on}", lines=("Nobody answered.", "[See the day]({link})")),
        version=1,
        changed_by="person-8",
        changed_at=NOW,
    )
    return replace(changed, **changes)


def a_mark(reader_id: str = "person-2", **changes: Any) -> Mark:
    mark = Mark(
        organization_kind=OrganizationKind.LAB,
        organization_id=LAB_ID,
        reader_id=reader_id,
        channel=Channel.EMAIL,
        address="bench@lab.example",
        reason=MarkReason.BOUNCED,
        marked_at=NOW,
    )
    return replace(mark, **changes)


class InMemoryRules:
    """The ports ``Rules`` and ``ChangedRules``; what is read is not kept."""

    def __init__(self, memory: Memory, *unruled: UnruledFact) -> None:
        self._memory = memory
        self.kept: dict[tuple[Owner, str], ChangedRule] = {}
        self.without_rule = unruled

    def in_effect(self, owners: Collection[Owner]) -> tuple[Rule, ...]:
        return tuple(each.rule for each in laid_over_defaults(one for owner in owners for one in self.of_owner(owner)))

    def of_owner(self, owner: Owner) -> tuple[ChangedRule, ...]:
        return tuple(self.kept[key] for key in sorted(self.kept, key=lambda key: key[1]) if key[0] == owner)

    def answered(self, request: Request) -> ChangedRule | None:
        answer: ChangedRule | None = self._memory.recall(request)
        return answer

    def save(self, changed: ChangedRule, *, request: Request | None = None) -> None:
        if request is not None and self._memory.is_remembered(request):
            raise AlreadyAnswered
        stored = self.kept.get((changed.owner, changed.rule_id))
        _ensure_next(changed.version, stored)
        self.kept[changed.owner, changed.rule_id] = changed
        if request is not None:
            self._memory.remember(request, changed)

    def unruled(self) -> tuple[UnruledFact, ...]:
        return self.without_rule


class InMemoryTemplates:
    """The ports ``Templates`` and ``ChangedTemplates``; what is read is not kept."""

    def __init__(self) -> None:
        self.kept: dict[tuple[Owner, str, str], ChangedTemplate] = {}

    def in_effect(self, name: str, language: str, owners: Collection[Owner]) -> Template:
        code = language_of(language).code
        return laid_over_default(name, code, self.find(name, code, owners)).template

    def of_owner(self, owner: Owner) -> tuple[ChangedTemplate, ...]:
        return tuple(self.kept[key] for key in sorted(self.kept, key=lambda key: key[1:]) if key[0] == owner)

    def find(self, name: str, language: str, owners: Collection[Owner]) -> tuple[ChangedTemplate, ...]:
        places = [(owner, language, name) for owner in owners]
        return tuple(self.kept[place] for place in places if place in self.kept)

    def save(self, changed: ChangedTemplate) -> None:
        place = (changed.owner, changed.language, changed.name)
        _ensure_next(changed.version, self.kept.get(place))
        self.kept[place] = changed


class InMemoryMarks:
    """The ports ``Marks`` and ``MarkList``."""

    def __init__(self, *marks: Mark) -> None:
        self.kept: dict[tuple[OrganizationKind, str, str, Channel], Mark] = {}
        for mark in marks:
            self.put(mark)

    def put(self, mark: Mark) -> None:
        key = (mark.organization_kind, mark.organization_id, mark.reader_id, mark.channel)
        before = self.kept.get(key)
        if mark.reason not in WISHES and before and before.reason in WISHES and before.address == mark.address:
            return
        self.kept[key] = mark

    def of_organization(self, kind: OrganizationKind, organization_id: str) -> tuple[Mark, ...]:
        return tuple(self.kept[key] for key in sorted(self.kept) if key[:2] == (kind, organization_id))

    def of_reader(self, kind: OrganizationKind, organization_id: str, reader_id: str) -> tuple[Mark, ...]:
        return tuple(each for each in self.of_organization(kind, organization_id) if each.reader_id == reader_id)

    def remove(self, kind: OrganizationKind, organization_id: str, reader_id: str, channel: Channel) -> None:
        self.kept.pop((kind, organization_id, reader_id, channel), None)


def _ensure_next(version: int, stored: ChangedRule | ChangedTemplate | None) -> None:
    actual = stored.version if stored else 0
    if actual != version - 1:
        raise StaleVersion(expected=version - 1, actual=actual)
