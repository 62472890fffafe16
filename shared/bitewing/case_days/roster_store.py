"""What Case Days read of care teams, practices and scheduling, out of the table."""

from bitewing.aws import keys
from bitewing.aws.schemas import read_if_found, read_record
from bitewing.aws.table import Condition, Table
from bitewing.care_teams.care_team import CarePreferences, CareTeam
from bitewing.care_teams.clinician import Clinician
from bitewing.care_teams.site import Site
from bitewing.care_teams.store import all_stored_clinicians, stored_care_team, stored_clinician, stored_site
from bitewing.directory.organization import Practice
from bitewing.scheduling.availability import Availability
from bitewing.scheduling.period import SchedulingPeriod
from bitewing.scheduling.request import CaseDayRequest


class TableRoster:
    """Keeps the port :class:`bitewing.case_days.ports.Roster` over the table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def care_team(self, care_team_id: str) -> CareTeam | None:
        """Return a care team, in one request."""
        return stored_care_team(self._table, care_team_id)

    def practice(self, practice_id: str) -> Practice | None:
        """Return a practice, in one request."""
        return read_if_found(Practice, self._table.get(keys.practice(practice_id)))

    def site(self, practice_id: str, site_id: str) -> Site | None:
        """Return a site of a practice, in one request."""
        return stored_site(self._table, practice_id, site_id)

    def preferences(self, practice_id: str, care_team_id: str) -> CarePreferences | None:
        """Return whom of a care team a practice prefers and blocks, in one request."""
        return read_if_found(CarePreferences, self._table.get(keys.care_preferences(practice_id, care_team_id)))

    def clinician(self, care_team_id: str, clinician_id: str) -> Clinician | None:
        """Return a clinician, in one request."""
        return stored_clinician(self._table, care_team_id, clinician_id)

    def clinicians(self, care_team_id: str) -> tuple[Clinician, ...]:
        """Return all clinicians of a care team, by id."""
        return all_stored_clinicians(self._table, care_team_id)

    def period(self, care_team_id: str, period_id: str) -> SchedulingPeriod | None:
        """Return a scheduling period, in one request."""
        return read_if_found(SchedulingPeriod, self._table.get(keys.period(care_team_id, period_id)))

    def availability(self, care_team_id: str, period_id: str, clinician_id: str) -> Availability | None:
        """Return a clinician's availability in a period, in one request."""
        return read_if_found(Availability, self._table.get(keys.availability(care_team_id, period_id, clinician_id)))

    def availabilities(self, care_team_id: str, period_id: str) -> tuple[Availability, ...]:
        """Return what all clinicians submitted for a period, by clinician."""
        found = self._table.partition(keys.answers_partition(care_team_id, period_id), prefix=keys.AVAILABILITY_PREFIX)
        return tuple(read_record(Availability, item) for item in found)

    def request(self, request_id: str) -> CaseDayRequest | None:
        """Return a Case Day request, in one request."""
        return read_if_found(CaseDayRequest, self._table.get(keys.case_day_request(request_id)))

    def has_asked(self, practice_id: str, care_team_id: str) -> bool:
        """Whether a practice ever asked a care team for a Case Day, in one request, or few."""
        is_of_care_team = Condition(expression="#care_team_id = :care_team", values={"care_team": care_team_id})
        return self._table.has_any(keys.requests_partition(practice_id), keep=is_of_care_team)
