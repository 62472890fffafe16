from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from bitewing.cases.status import IS_BEING_PREPARED, Status
from bitewing.files.case_file import FileKind, FileState
from bitewing.kernel.errors import Unknown
from bitewing.precheck.finding import Outcome
from bitewing.requirements.case_types import CaseType
from bitewing.requirements.profile import ProfileVersion

from tests.support.builders import (
    LAB_ID,
    NOW,
    TODAY,
    a_case,
    a_connection,
    a_dentist,
    a_file,
    a_lab,
    a_packet,
    a_practice,
    a_profile,
    crown_files,
)
from tests.support.changes import a_sent_case, a_submission

#: Four working days of the lab after the Monday of the sending.
EARLIEST = date(2026, 3, 6)


def rules(world, case, *more):
    return {finding.rule_id for finding in world.prechecks.check(case, (*crown_files(), *more)).findings}


@pytest.fixture
def just_in_time(world):
    """A case is wanted on the earliest date, and the dentist's license is valid through the day of sending."""
    world.directory.put(a_profile(turnaround_working_days=4), a_dentist(license_expires_on=TODAY))
    return world


@pytest.mark.parametrize("status", [status for status in Status if status not in IS_BEING_PREPARED])
@pytest.mark.parametrize("days", [0, 1, 30])
def test_a_sent_case_is_checked_as_of_the_day_of_its_sending(just_in_time, status, days):
    sent = a_sent_case(status, packet=a_packet(wanted_on=EARLIEST))
    just_in_time.clock.advance(days=days)
    assert rules(just_in_time, sent) == set()


@pytest.mark.parametrize("case", [a_case(), a_sent_case(Status.MISSING_INFO)])
def test_a_case_that_is_prepared_is_checked_as_of_today(just_in_time, case):
    wanted = replace(case, packet=a_packet(wanted_on=EARLIEST))
    assert rules(just_in_time, wanted) == set()
    just_in_time.clock.advance(days=1)
    assert rules(just_in_time, wanted) == {"DUE-IMPOSSIBLE", "RX-LICENSE"}


def test_a_case_that_was_sent_again_is_checked_as_of_its_last_sending(just_in_time):
    again = a_submission(number=2, submitted_at=NOW + timedelta(days=1))
    sent = a_sent_case(packet=a_packet(wanted_on=EARLIEST), submission=again)
    assert rules(just_in_time, sent) == {"DUE-IMPOSSIBLE", "RX-LICENSE"}


def test_a_wanted_file_of_a_sent_case_that_can_no_longer_come_is_missing(world):
    lost = a_file(FileKind.LOWER_SCAN, state=FileState.ANNOUNCED, inspection=None, settled_at=None)
    files = (*(file for file in crown_files() if file.kind is not lost.kind), lost)
    (finding,) = world.prechecks.check(a_sent_case(), files).findings
    assert finding.rule_id == "FIL-PENDING"
    world.clock.advance(days=2)
    (finding,) = world.prechecks.check(a_sent_case(), files).findings
    assert (finding.rule_id, finding.outcome) == ("FIL-REQUIRED", Outcome.BLOCK)


@pytest.fixture
def in_tokyo(world):
    """At 20:00 UTC on Monday it is five in the morning on Tuesday in the lab."""
    world.directory.put(a_lab(time_zone="Asia/Tokyo"), a_profile(turnaround_working_days=4))
    world.clock.at = datetime(2026, 3, 2, 20, 0, tzinfo=UTC)
    return world


@pytest.mark.parametrize(("wanted_on", "found"), [(EARLIEST, {"DUE-IMPOSSIBLE"}), (date(2026, 3, 9), set())])
def test_the_turnaround_counts_from_the_day_that_it_is_in_the_lab(in_tokyo, wanted_on, found):
    assert rules(in_tokyo, a_case(packet=a_packet(wanted_on=wanted_on))) == found


@pytest.mark.parametrize(("expires_on", "found"), [(TODAY, {"RX-LICENSE"}), (date(2026, 3, 3), set())])
def test_a_license_is_valid_through_its_last_day_in_the_practice(in_tokyo, expires_on, found):
    in_tokyo.directory.put(a_practice(time_zone="Asia/Seoul"), a_dentist(license_expires_on=expires_on))
    assert rules(in_tokyo, a_case()) == found


def test_the_day_of_a_sending_is_the_day_that_it_was_in_the_practice(in_tokyo):
    in_tokyo.directory.put(a_practice(time_zone="Asia/Seoul"), a_dentist(license_expires_on=TODAY))
    sent_at = a_sent_case(submission=a_submission(submitted_at=in_tokyo.clock.at))
    assert rules(in_tokyo, sent_at) == {"RX-LICENSE"}
    assert rules(in_tokyo, a_sent_case(submission=a_submission(submitted_at=NOW - timedelta(hours=1)))) == set()


@pytest.mark.parametrize("profile", [None, a_profile(is_offered=False)], ids=["never said", "withdrawn"])
def test_a_type_that_the_lab_does_not_offer_keeps_back_new_cases_only(world, profile):
    # Given a case that was sent with the third version, which wants a statement
    world.directory.profiles.clear()
    if profile is not None:
        world.directory.put(profile)
    third = ProfileVersion(profile=a_profile(version=3, attestations={"photos": "The photos are new."}))
    world.directory.profile_versions[LAB_ID, CaseType.CROWN, 3] = third
    # Then a new case is kept back, and that one goes on by the third, sent or back.
    assert rules(world, a_case()) == {"CTX-TYPE"}
    assert rules(world, a_sent_case()) == rules(world, a_sent_case(Status.MISSING_INFO)) == {"RX-ATTEST"}
    assert world.prechecks.circumstances(a_sent_case()).profile == third.profile


def test_a_case_is_checked_by_the_version_in_force_as_long_as_its_type_is_offered(world):
    sent_with = ProfileVersion(profile=a_profile(version=3, attestations={"photos": "The photos are new."}))
    world.directory.profile_versions[LAB_ID, CaseType.CROWN, 3] = sent_with
    assert rules(world, a_sent_case(Status.RETURNED)) == set()


def test_without_the_version_of_its_sending_a_case_of_a_withdrawn_type_is_kept_back(world):
    world.directory.put(a_profile(is_offered=False))
    assert rules(world, a_sent_case(Status.RETURNED)) == {"CTX-TYPE"}


@pytest.mark.parametrize("organization", ["practices", "labs"])
def test_a_case_of_an_organization_that_is_gone_is_not_checked(world, organization):
    world.directory.put(a_practice(), a_connection())
    getattr(world.directory, organization).clear()
    with pytest.raises(Unknown, match="organization"):
        world.prechecks.check(a_case(), ())
