"""Where Case Days take place."""

from bitewing.case_days.sites import sites_of

from tests.support.case_days import a_day, a_site, on


class Counted:
    """The roster, and which sites it was asked for."""

    def __init__(self, roster):
        self._roster, self.asked = roster, []

    def site(self, practice_id, site_id):
        self.asked.append((practice_id, site_id))
        return self._roster.site(practice_id, site_id)


def test_each_site_is_read_once_however_many_days_it_has(world):
    days = [a_day(case_day_id=f"day-{number}", on=on(number)) for number in range(3)]
    roster = Counted(world.roster)
    site = a_site()
    assert sites_of(days, roster) == {(site.practice_id, site.site_id): site}
    assert len(roster.asked) == 1


def test_a_site_that_is_not_known_any_more_is_none(world):
    day = a_day(site_id="gone")
    assert sites_of([day], world.roster) == {(day.practice_id, "gone"): None}
