"""What is wrong with the values that people enter of care teams, clinicians, sites and preferences."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from bitewing.care_teams.care_team import TEAM_ROLES, CarePreferences, CareTeam
from bitewing.care_teams.clinician import Clinician
from bitewing.care_teams.drive import Place
from bitewing.care_teams.site import Site
from bitewing.directory.licenses import LICENSE_STATES
from bitewing.directory.values import is_time_zone
from bitewing.kernel.addresses import MOBILE
from bitewing.kernel.errors import FieldError, InvalidInput

#: How long a member of a team can be asked for an answer, hours.
ANSWER_HOURS_RANGE: Final = range(1, 169)
#: How many days in a row, and minutes of a drive, a limit can say; more is no limit.
MAX_DAYS_IN_ROW: Final = 31
MAX_DRIVE_MINUTES: Final = 720
MAX_ROOMS: Final = 20
_DAYS_OF_A_WEEK: Final = 7
_LEAST_TEAM: Final = 2
_MAX_LATITUDE_UDEG: Final = 90_000_000
_MAX_LONGITUDE_UDEG: Final = 180_000_000
_NO_TIME_ZONE: Final = "This must be a time zone of IANA, such as America/New_York."
_NO_STATE: Final = "This must be a state or territory by its two letters, such as VT, DC or PR."


def ensure_care_team(care_team: CareTeam) -> None:
    """Refuse a care team with values that are none; whom its preferred teams name is not looked at.

    Raises:
        InvalidInput: Values are wrong.
    """
    _refuse(_of_care_team(care_team))


def ensure_preferred_teams(care_team: CareTeam, clinicians: Mapping[str, Clinician]) -> None:
    """Refuse preferred teams that are none: of strangers, of one alone, or with a role twice.

    Args:
        care_team: As it would be stored.
        clinicians: Those of the care team that its preferred teams name, by id.

    Raises:
        InvalidInput: Teams are wrong.
    """
    _refuse(_of_preferred_teams(care_team, clinicians))


def ensure_clinician(clinician: Clinician) -> None:
    """Refuse a clinician with values that are none; a license that has lapsed is one that can be stored.

    Raises:
        InvalidInput: Values are wrong.
    """
    _refuse(_of_clinician(clinician))


def ensure_site(site: Site) -> None:
    """Refuse a site with values that are none; one whose permit is missing or over can be stored.

    Raises:
        InvalidInput: Values are wrong.
    """
    _refuse(_of_site(site))


def ensure_preferences(preferences: CarePreferences, known: Iterable[str]) -> None:
    """Refuse preferences that contradict themselves, or name somebody who is no clinician of the care team.

    Args:
        preferences: As they would be stored.
        known: Those whom they name and who are clinicians of the care team, by id.

    Raises:
        InvalidInput: Somebody is wrong.
    """
    _refuse(_of_preferences(preferences, frozenset(known)))


def _of_care_team(care_team: CareTeam) -> Iterator[FieldError]:
    if not care_team.listed_as:
        yield FieldError("/name", "A care team is found by its name: give one with letters or digits.")
    if not is_time_zone(care_team.time_zone):
        yield FieldError("/time_zone", _NO_TIME_ZONE)
    if not care_team.states or not care_team.states <= LICENSE_STATES:
        yield FieldError("/states", "Name the states in which the care team works by two letters each, one at least.")
    if care_team.answer_hours not in ANSWER_HOURS_RANGE:
        yield FieldError("/answer_hours", "A member is asked for an answer for 1 to 168 hours.")


def _of_preferred_teams(care_team: CareTeam, clinicians: Mapping[str, Clinician]) -> Iterator[FieldError]:
    for number, team in enumerate(care_team.preferred_teams):
        pointer = f"/preferred_teams/{number}"
        roles = [clinicians[each].role for each in team if each in clinicians]
        if len(roles) < len(team):
            yield FieldError(pointer, "Name clinicians of the care team, by their ids.")
        elif not _LEAST_TEAM <= len(team) <= len(TEAM_ROLES) or len(set(roles)) < len(roles):
            yield FieldError(pointer, "A preferred team has two or three clinicians, and no role twice.")


def _of_clinician(clinician: Clinician) -> Iterator[FieldError]:
    if clinician.phone and not MOBILE.fullmatch(clinician.phone):
        yield FieldError("/phone", "This must be a number with its country, such as +16175550123, or empty.")
    yield from _of_place(clinician.home, "/home")
    yield from _of_credentials(clinician)
    limits = clinician.limits
    if not 1 <= limits.max_days_per_week <= _DAYS_OF_A_WEEK:
        yield FieldError("/limits/max_days_per_week", "A week has 1 to 7 days to work on.")
    if not 1 <= limits.max_days_in_row <= MAX_DAYS_IN_ROW:
        yield FieldError("/limits/max_days_in_row", f"Days in a row are 1 to {MAX_DAYS_IN_ROW}.")
    if not 0 <= limits.max_drive_minutes <= MAX_DRIVE_MINUTES:
        yield FieldError("/limits/max_drive_minutes", f"A drive takes 0 to {MAX_DRIVE_MINUTES} minutes.")


def _of_credentials(clinician: Clinician) -> Iterator[FieldError]:
    licensed: set[str] = set()
    for number, license_ in enumerate(clinician.licenses):
        if license_.state not in LICENSE_STATES:
            yield FieldError(f"/licenses/{number}/state", _NO_STATE)
        elif license_.state in licensed:
            # Two for one state would leave open which of them counts.
            says = "There is a license for this state already: change when it expires, or take it out."
            yield FieldError(f"/licenses/{number}/state", says)
        licensed.add(license_.state)
    named: set[str] = set()
    for number, skill in enumerate(clinician.skills):
        if skill.name in named:
            yield FieldError(f"/skills/{number}/name", "This skill is named already: change when it expires.")
        named.add(skill.name)


def _of_site(site: Site) -> Iterator[FieldError]:
    if site.state not in LICENSE_STATES:
        yield FieldError("/state", _NO_STATE)
    if not is_time_zone(site.time_zone):
        yield FieldError("/time_zone", _NO_TIME_ZONE)
    yield from _of_place(site.place, "/place")
    if not 1 <= site.rooms <= MAX_ROOMS:
        yield FieldError("/rooms", f"A site has 1 to {MAX_ROOMS} rooms.")
    if site.permit is not None and site.permit.expires_on < site.permit.valid_from:
        yield FieldError("/permit/expires_on", "A permit expires on the day on which it begins to be valid, or later.")


def _of_preferences(preferences: CarePreferences, known: frozenset[str]) -> Iterator[FieldError]:
    for pointer, named in (("/preferred", preferences.preferred), ("/blocked", preferences.blocked)):
        if named - known:
            yield FieldError(pointer, "Name clinicians of the care team, by their ids.")
    if preferences.preferred & preferences.blocked:
        yield FieldError("/blocked", "Nobody is preferred and blocked: take them out of one of the two.")


def _of_place(place: Place, under: str) -> Iterator[FieldError]:
    if abs(place.latitude_udeg) > _MAX_LATITUDE_UDEG:
        yield FieldError(f"{under}/latitude", "A latitude is between -90 and 90 degrees.")
    if abs(place.longitude_udeg) > _MAX_LONGITUDE_UDEG:
        yield FieldError(f"{under}/longitude", "A longitude is between -180 and 180 degrees.")


def _refuse(errors: Iterator[FieldError]) -> None:
    if found := tuple(errors):
        raise InvalidInput(*found)
