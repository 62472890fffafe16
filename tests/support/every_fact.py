"""A fact of every kind that there is, and everybody around it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from itertools import count
from typing import Any, Final

from bitewing.home.preferences import Preferences, QuietHours
from bitewing.kernel.caller import OrganizationKind, Role
from bitewing.notifications.audience import Addressee, Around
from bitewing.notifications.defaults import DEFAULT_RULES
from bitewing.notifications.fact import Fact
from bitewing.notifications.ports import Profile
from bitewing.notifications.reminder import LEAD, MORNING_OF
from bitewing.notifications.rule import DAYS, FORMS, Rule

from tests.support.builders import NOW
from tests.support.gathered_facts import a_profile

K = OrganizationKind
#: Facts of one subject that come together.
_BURST: Final = 3
_SAID: Final[Mapping[str, Any]] = {
    "practice_id": "practice-1",
    "lab_id": "lab-1",
    "care_team_id": "team-1",
    "clinician_id": "nurse-1",
    "members": ["nurse-1", "medic-1"],
    "concerns": ["nurse-1", "medic-1"],
    "organization_kind": "practice",
    "organization_id": "practice-1",
    "user_id": "staff-1",
    "roles": ["practice_staff"],
    **dict.fromkeys((MORNING_OF, *DAYS), NOW.date().isoformat()),
}


def person(
    user_id: str, kind: OrganizationKind, organization_id: str, *roles: Role, email: str | None = None
) -> Addressee:
    return Addressee(
        addressee_id=user_id,
        organization_kind=kind,
        organization_id=organization_id,
        roles=frozenset(roles),
        email=f"{user_id}@people.example" if email is None else email,
    )


PRACTICE: Final = (
    person("admin-1", K.PRACTICE, "practice-1", Role.PRACTICE_ADMIN),
    person("staff-1", K.PRACTICE, "practice-1", Role.PRACTICE_STAFF),
    # Neither an address nor a number, and no wish to look into the portal.
    person("nowhere-1", K.PRACTICE, "practice-1", Role.PRACTICE_STAFF, email=""),
)
OFFICE: Final = Addressee(
    addressee_id="practice-1",
    organization_kind=K.PRACTICE,
    organization_id="practice-1",
    email="office@practice.example",
    is_person=False,
)
LAB: Final = (
    person("lab-admin-1", K.LAB, "lab-1", Role.LAB_ADMIN),
    person("lab-staff-1", K.LAB, "lab-1", Role.LAB_STAFF),
)
CARE_TEAM: Final = (
    person("manager-1", K.CARE_TEAM, "team-1", Role.MANAGER),
    person("nurse-1", K.CARE_TEAM, "team-1", Role.CLINICIAN),
    person("medic-1", K.CARE_TEAM, "team-1", Role.CLINICIAN),
)
EVERYBODY: Final = Around(
    sender_id="staff-1",
    practice=PRACTICE,
    practice_address=OFFICE,
    lab=LAB,
    care_team=CARE_TEAM,
    period_practices=PRACTICE,
    organization=PRACTICE,
    platform=(person("platform-1", K.PLATFORM, "bitewing", Role.PLATFORM_ADMIN),),
)
PROFILES: Final[Mapping[str, Profile]] = {
    "staff-1": a_profile(
        preferences=Preferences(quiet_hours=QuietHours(begins_at="20:00", ends_at="07:30"), version=1)
    ),
    "nowhere-1": a_profile(preferences=Preferences(by_inbox=False, version=1)),
    "lab-staff-1": a_profile(preferences=Preferences(language="es", by_inbox=False, version=1)),
    "nurse-1": a_profile(phone="+18025550107"),
    "medic-1": a_profile(preferences=Preferences(by_text=True, mobile="+18025550108", version=1)),
}


def every_fact(rules: tuple[Rule, ...] = DEFAULT_RULES) -> list[Fact]:
    """Return a fact for each rule that tells people, as it asks for it, and one of each name that has none."""
    numbers = count(1)
    told = [rule for rule in rules if rule.template]
    facts = [_fact(rule.of, next(numbers), rule) for rule in told]
    silent = sorted(set(FORMS) - {rule.of for rule in told})
    return [*facts, *(_fact(name, next(numbers), None) for name in silent)]


def _fact(name: str, number: int, rule: Rule | None) -> Fact:
    form = FORMS[name]
    detail = {field: _SAID.get(field, f"{field}-1") for field in form.fields}
    detail |= {field: values[0] for field, values in form.values.items()}
    detail |= {field: True for field in ("concerns_practice", "concerns_managers") if field in form.fields}
    subject_id = f"{form.subject}-{number // _BURST}"
    if form.subject not in _SAID:
        detail[form.subject] = subject_id
    fact = Fact(
        name=name,
        fact_id=f"fact-{number}",
        subject_id=subject_id,
        occurred_at=NOW + timedelta(seconds=number),
        detail=detail,
    )
    if rule is None:
        return fact
    asked = {field: _typed(min(words)) for field, words in rule.when.items()}
    lead = {LEAD: rule.lead.code} if rule.lead is not None else {}
    return replace(fact, detail={**detail, **asked, **lead})


def _typed(word: str) -> Any:
    return {"true": True, "false": False}.get(word, word)
