import pytest

from tests.support.care_teams import CareTeamsPlace, a_care_team, a_clinician, a_member, a_site


def _settled(stores):
    place = CareTeamsPlace(stores)
    place.put(
        a_care_team(),
        a_care_team(care_team_id="team-2", name="Östra Care & Co."),
        a_clinician(),
        a_clinician(clinician_id="person-9", care_team_id="team-2", name="Noa Field"),
        a_site(),
        a_site(site_id="site-9", practice_id="practice-2"),
    )
    place.members.put(a_member(), a_member("person-6"))
    return place


@pytest.fixture
def place(stores):
    """Two care teams with a clinician each, of which the first has another member; two practices with a site each."""
    return _settled(stores)


@pytest.fixture
def at_home(memory_stores):
    """The same, in memory only: for what the stores do not decide."""
    return _settled(memory_stores)
