"""A dry run says who would hear of what, and tells nobody anything."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from bitewing.home.preferences import Preferences, QuietHours
from bitewing.kernel.caller import OrganizationKind, Role
from bitewing.kernel.errors import InvalidInput, RoleNotAllowed, Unknown
from bitewing.notifications.audience import Addressee, Around
from bitewing.notifications.dry_run import DryRunService, Supposed, WouldBeTold
from bitewing.notifications.gathering import GatheringPolicy
from bitewing.notifications.mark import MarkReason
from bitewing.notifications.ports import Profile
from bitewing.notifications.rule import Audience, Channel, Urgency

from tests.support.builders import NOW
from tests.support.callers import CLINICIAN, LAB_ADMIN, PLATFORM, a_caller
from tests.support.changed_words import CARE_TEAM, InMemoryRules, a_changed_rule, a_mark, a_rule
from tests.support.clock import Clock
from tests.support.in_memory import Memory

K = OrganizationKind
MANAGER = a_caller("team-1", K.CARE_TEAM, Role.MANAGER, user_id="MEG")
POLICY = GatheringPolicy()


def somebody(name, kind, *roles, at):
    return Addressee(
        addressee_id=name,
        organization_kind=kind,
        organization_id=at,
        roles=frozenset(roles),
        email=f"{name.lower()}@example.com",
    )


ADA = somebody("ADA", K.PRACTICE, Role.PRACTICE_ADMIN, at="practice-1")
SAM = somebody("SAM", K.PRACTICE, Role.PRACTICE_STAFF, at="practice-1")
SUE = somebody("SUE", K.PRACTICE, Role.PRACTICE_STAFF, at="practice-1")
NIA = somebody("NIA", K.CARE_TEAM, Role.CLINICIAN, at="team-1")
MEG = somebody("MEG", K.CARE_TEAM, Role.MANAGER, at="team-1")
ADDRESS = Addressee(
    addressee_id="practice-1",
    organization_kind=K.PRACTICE,
    organization_id="practice-1",
    email="office@example.com",
    is_person=False,
)
#: A Case Day that is called off: its team, its practice and its managers hear of it.
CALLED_OFF = {
    "case_day_id": "DAY1",
    "care_team_id": "team-1",
    "practice_id": "practice-1",
    "members": ["NIA"],
    "to": "cancelled",
}


class Surroundings:
    """Who is around a fact: those of the test, and who did it."""

    def __init__(self):
        self.practice = (ADA, SAM, SUE)
        self.asked = []

    def around(self, fact, circles):
        self.asked.append((fact, circles))
        return Around(
            actor_id=fact.id_of("actor_id"),
            practice=self.practice,
            practice_address=ADDRESS,
            care_team=(NIA, MEG),
        )


class Profiles:
    """How people are told: as everybody is, but for what the test says."""

    def __init__(self):
        self.special = {}

    def of(self, addressees):
        usual = Profile(preferences=Preferences(), time_zone="America/New_York")
        return {each.addressee_id: self.special.get(each.addressee_id, usual) for each in addressees}


class Place:
    def __init__(self):
        self.rules = InMemoryRules(Memory(Clock()))
        self.surroundings, self.profiles, self.clock = Surroundings(), Profiles(), Clock()
        self.service = DryRunService(
            self.rules,
            self.surroundings,
            self.profiles,
            {"team-1": ("practice-1",)}.__getitem__,
            policy=POLICY,
            now=self.clock,
        )

    def run(self, fact="CaseDayMoved", values=CALLED_OFF, *rules, by=MANAGER):
        return self.service.run(by, Supposed(fact=fact, values=values, rules=rules))

    def refused(self, *asked, by=MANAGER):
        with pytest.raises(InvalidInput) as error:
            self.run(*asked, by=by)
        return {each.pointer: each.says for each in error.value.errors}


@pytest.fixture
def place():
    return Place()


def by_id(found):
    return {each.addressee.addressee_id: each for each in found.people}


def test_the_platform_sees_who_would_hear_by_which_rules_in_which_words(place):
    found = place.run(by=PLATFORM)
    assert set(by_id(found)) == {"NIA", "ADA", "SAM", "SUE", "MEG"}
    assert (found.others, found.nobody_because) == ((), None)
    ada = by_id(found)["ADA"]
    assert (ada.rule_ids, ada.urgency) == (("CaseDayMoved.practice_of_day.called_off",), Urgency.USUAL)
    assert [(each.channel, each.template) for each in ada.told] == [
        (Channel.EMAIL, "day_canceled"),
        (Channel.INBOX, "day_canceled"),
    ]
    assert [rule.rule_id for rule in found.rules] == [
        "CaseDayMoved.members_of_team.called_off",
        "CaseDayMoved.practice_of_day.called_off",
        "CaseDayMoved.managers_of_care_team.called_off",
    ]


def test_a_manager_sees_people_of_other_organizations_only_as_roles_and_how_many_they_are(place):
    found = place.run()
    assert set(by_id(found)) == {"NIA", "MEG"}
    assert [(each.roles, each.count, each.is_person) for each in found.others] == [
        ({Role.PRACTICE_ADMIN}, 1, True),
        ({Role.PRACTICE_STAFF}, 2, True),
    ]
    assert found.others[0].asked == {Channel.EMAIL: "day_canceled", Channel.INBOX: "day_canceled"}
    told = repr(found)
    assert not any(name in told for name in ("ADA", "SAM", "SUE", "practice-1"))


def test_where_nobody_of_a_practice_has_an_account_its_address_is_mailed_to(place):
    place.surroundings.practice = ()
    (address,) = place.run().others
    assert (address.is_person, address.count, address.asked) == (False, 1, {Channel.EMAIL: "day_canceled"})
    of_platform = by_id(place.run(by=PLATFORM))["practice-1"]
    assert [each.channel for each in of_platform.told] == [Channel.EMAIL]
    # It bounced, and there is no portal to fall back on
    place.profiles.special["practice-1"] = Profile(
        preferences=Preferences(), time_zone="UTC", marks=(a_mark(address="office@example.com"),)
    )
    assert by_id(place.run(by=PLATFORM))["practice-1"].told == ()


def test_who_did_it_does_not_hear_of_it(place):
    assert set(by_id(place.run("CaseDayMoved", {**CALLED_OFF, "actor_id": "MEG"}))) == {"NIA"}


def test_channels_are_those_that_people_keep_open_and_by_which_they_can_be_reached(place):
    texted = Profile(preferences=Preferences(), time_zone="America/New_York", phone="+18025550101")
    place.profiles.special = {"NIA": texted}
    told = by_id(place.run())["NIA"]
    assert told.asked == {Channel.TEXT, Channel.INBOX}
    assert [each.channel for each in told.told] == [Channel.INBOX, Channel.TEXT]
    # The number was refused: it is mailed instead, in the words of the text
    marked = a_mark("NIA", channel=Channel.TEXT, address="+18025550101", reason=MarkReason.REFUSED)
    place.profiles.special = {"NIA": replace(texted, marks=(marked,))}
    assert [(each.channel, each.template) for each in by_id(place.run())["NIA"].told] == [
        (Channel.EMAIL, "day_canceled"),
        (Channel.INBOX, "day_canceled"),
    ]


def test_what_is_urgent_would_be_sent_at_once_and_the_rest_after_gathering_and_quiet_hours(place):
    # 22:10 in New York
    place.clock.at = datetime.fromisoformat("2026-03-17T02:10:00+00:00")
    quiet = Preferences(quiet_hours=QuietHours(begins_at="22:00", ends_at="07:00"))
    of_all = Profile(preferences=quiet, time_zone="America/New_York", phone="")
    place.profiles.special = {"NIA": of_all, "MEG": of_all}
    found = by_id(place.run())
    assert {each.at for each in found["NIA"].told} == {place.clock.at}
    morning = datetime.fromisoformat("2026-03-17T11:00:00+00:00")
    assert found["MEG"].told == (
        WouldBeTold(channel=Channel.EMAIL, template="day_canceled", at=morning),
        WouldBeTold(channel=Channel.INBOX, template="day_canceled", at=place.clock.at),
    )
    place.profiles.special = {}
    (mail, _) = by_id(place.run())["MEG"].told
    assert mail.at == place.clock.at + POLICY.window(Urgency.USUAL)


def test_rules_that_are_not_stored_are_tried_in_place_of_those_with_their_ids_and_beside_the_others(place):
    silent = {"case_day_id": "DAY1", "clinician_id": "NIA", "practice_id": "practice-1", "members": ["NIA"]}
    assert set(by_id(place.run("TeamMemberSilent", silent))) == {"MEG"}
    off = a_rule(is_enabled=False)
    nobody = place.run("TeamMemberSilent", silent, off)
    assert (nobody.people, nobody.nobody_because) == ((), "No rule that is enabled asks for these values.")
    own = a_rule(rule_id="", audience=Audience.PRACTICE_OF_DAY)
    found = place.run("TeamMemberSilent", silent, off, own)
    assert (found.people, sum(each.count for each in found.others)) == ((), 3)
    assert place.rules.kept == {}


def test_what_is_stored_of_the_platform_and_of_the_care_team_counts(place):
    silent = {"case_day_id": "DAY1", "practice_id": "practice-1", "members": []}
    place.rules.save(a_changed_rule(a_rule(urgency=Urgency.URGENT)))
    assert by_id(place.run("TeamMemberSilent", silent))["MEG"].urgency is Urgency.URGENT
    place.rules.save(a_changed_rule(a_rule(is_enabled=False), owner=CARE_TEAM))
    assert place.run("TeamMemberSilent", silent).people == ()
    assert by_id(place.run("TeamMemberSilent", {**silent, "care_team_id": "team-2"}, by=PLATFORM))


def test_where_nobody_hears_of_a_fact_it_is_said_why(place):
    archived = place.run("CaseArchived", {"case_id": "CASE1"}, by=PLATFORM)
    assert archived.nobody_because == "Each side tidies its own list."
    assert place.surroundings.asked == []


def test_nobody_is_looked_up_for_rules_that_tell_only_systems(place):
    case = {"case_id": "CASE1", "lab_id": "lab-1", "practice_id": "practice-1", "origin": "received", "to": "received"}
    found = place.run("CaseMoved", case, by=PLATFORM)
    assert [rule.rule_id for rule in found.rules] == ["CaseMoved.lab_of_case.webhook"]
    assert (found.people, found.nobody_because, place.surroundings.asked) == ((), None, [])


def test_a_fact_for_which_a_rule_was_never_made_says_so(place, monkeypatch):
    monkeypatch.setattr(place.service, "_rules", lambda *_: ())
    assert place.run("CaseMoved", {"case_id": "C"}, by=PLATFORM).nobody_because == "There is no rule of such facts."


@pytest.mark.parametrize("caller", [CLINICIAN, LAB_ADMIN], ids=lambda caller: caller.organization_kind)
def test_nobody_else_asks(place, caller):
    with pytest.raises(RoleNotAllowed):
        place.run(by=caller)


def test_a_manager_asks_of_facts_of_their_own_care_team_alone(place):
    with pytest.raises(RoleNotAllowed):
        place.run("CaseMoved", {"case_id": "C"})
    with pytest.raises(Unknown):
        place.run("CaseDayMoved", {**CALLED_OFF, "care_team_id": "team-2"})
    unnamed = {name: value for name, value in CALLED_OFF.items() if name != "care_team_id"}
    assert set(by_id(place.run("CaseDayMoved", unnamed))) == {"NIA", "MEG"}
    assert place.surroundings.asked[-1][0].detail["care_team_id"] == "team-1"


def test_a_manager_asks_only_of_practices_that_the_care_team_knows(place):
    with pytest.raises(Unknown):
        place.run("CaseDayMoved", {**CALLED_OFF, "practice_id": "practice-2"})


def test_the_rules_of_a_manager_are_those_that_managers_may_make(place):
    rule = a_rule(of="CaseNoted", template="case_noted", audience=Audience.PLATFORM)
    assert set(place.refused("CaseDayMoved", CALLED_OFF, a_rule(), rule)) == {"/rules/1/of", "/rules/1/audience"}


def test_what_is_no_fact_or_no_value_of_it_is_refused_where_it_stands(place):
    assert set(place.refused("Nothing", {}, by=PLATFORM)) == {"/fact"}
    assert place.refused(
        "CaseDayMoved",
        {"practice_id": ["practice-1"], "members": "NIA", "to": "gone", "actor_id": 5, "patient": "Mia"},
        by=PLATFORM,
    ) == {
        "/values/case_day_id": "CaseDayMoved is about this: name one that there is.",
        "/values/practice_id": "This must be an id.",
        "/values/members": "This must be a list of ids.",
        "/values/to": "This is one of tentative, confirmed, in_progress, completed, cancelled, rejected.",
        "/values/actor_id": "This must be an id.",
        "/values": (
            "CaseDayMoved carries by, care_team_id, case_day_id, case_day_version, concerns, concerns_managers, "
            "concerns_practice, members, on, origin, practice_id, to, and nothing else."
        ),
    }


def test_what_is_needed_to_find_who_hears_is_asked_for(place):
    missing = place.refused("CaseDayMoved", {"case_day_id": "DAY1", "to": "cancelled"}, by=PLATFORM)
    assert set(missing) == {"/values/care_team_id", "/values/members", "/values/practice_id"}
    of_people = place.refused("MemberJoined", {"user_id": "NEW"}, by=PLATFORM)
    assert set(of_people) == {"/values/organization_id", "/values/organization_kind"}


def test_where_one_word_is_needed_several_are_refused(place):
    person = {"user_id": "NEW", "organization_id": "practice-1", "organization_kind": ["practice", "lab"]}
    assert place.refused("MemberJoined", person, by=PLATFORM) == {"/values/organization_kind": "This must be one word."}
    day = {**CALLED_OFF, "lead": ["7_days"]}
    del day["to"]
    assert place.refused("case_day_comes", day) == {"/values/lead": "This must be one word."}


@pytest.mark.parametrize("on", ["soon", "20260316", 16])
def test_the_date_of_a_day_is_a_date(place, on):
    assert place.refused("CaseDayMoved", {**CALLED_OFF, "on": on}) == {
        "/values/on": "This must be a date such as 2026-03-16."
    }


def test_what_it_says_as_true_or_false_can_be_asked_for(place):
    quiet = {**CALLED_OFF, "concerns_managers": False}
    assert place.refused("CaseDayMoved", {**quiet, "concerns_practice": "false", "members": [3]}) == {
        "/values/concerns_practice": "This must be true or false.",
        "/values/members": "This must be a list of ids.",
    }
    assert set(by_id(place.run("CaseDayMoved", quiet))) == {"NIA"}


def test_a_reminder_says_by_which_lead_it_comes(place):
    day = {**CALLED_OFF, "on": "2026-04-01"}
    del day["to"]
    assert set(place.refused("case_day_comes", {**day, "lead": ""})) == {"/values/lead"}
    found = place.run("case_day_comes", {**day, "lead": "7_days"})
    assert [rule.rule_id for rule in found.rules] == [
        "case_day_comes.members_of_team.7_days",
        "case_day_comes.practice_of_day.7_days",
    ]
    assert place.run("case_day_comes", {**day, "lead": "9_days"}).rules == ()
    assert NOW - timedelta(days=1) < place.surroundings.asked[-1][0].occurred_at
