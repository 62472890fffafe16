"""Case Days with all that they are planned on: periods, availability, requests, people and places live beside them."""

from bitewing.care_teams.clinicians import ClinicianService
from bitewing.care_teams.service import CarePreferenceService
from bitewing.care_teams.sites import SiteService
from bitewing.scheduling.availabilities import AvailabilityService
from bitewing.scheduling.periods import PeriodService
from bitewing.scheduling.requests import RequestService

from tests.support.care_teams import InMemoryCareTeams, InMemoryClinicians, InMemoryPreferred, InMemorySites
from tests.support.case_days import DayWorld
from tests.support.people import InMemoryMembers
from tests.support.scheduling import (
    InMemoryAvailabilities,
    InMemoryPeriods,
    InMemoryPlaces,
    InMemoryRequests,
    Scheduled,
)


class PlannedWorld(DayWorld):
    """Case Days in memory; what becomes of a period, a person or a place is there for its days in the same moment."""

    def __init__(self) -> None:
        super().__init__()
        memory, roster, now = self.memory, self.roster, self.clock
        scheduled, places = Scheduled(memory), InMemoryPlaces()
        scheduled.periods, scheduled.requests = roster.periods, roster.requests
        scheduled.availabilities = roster.submitted
        places.care_teams, places.sites, places.people = roster.care_teams, roster.sites, roster.people
        periods = InMemoryPeriods(scheduled)
        self.period_service = PeriodService(periods, places, now=now)
        self.availability_service = AvailabilityService(InMemoryAvailabilities(scheduled), periods, places, now=now)
        self.request_service = RequestService(InMemoryRequests(scheduled), periods, places, now=now)
        care_teams, clinicians = InMemoryCareTeams(memory), InMemoryClinicians(memory, InMemoryMembers())
        sites, preferred = InMemorySites(memory), InMemoryPreferred(memory)
        care_teams.care_teams, clinicians.clinicians = roster.care_teams, roster.people
        sites.sites, preferred.preferred = roster.sites, roster.preferred
        self.clinician_service = ClinicianService(clinicians, care_teams, now=now)
        self.site_service = SiteService(sites, now=now)
        self.preference_service = CarePreferenceService(preferred, care_teams, clinicians, now=now)
