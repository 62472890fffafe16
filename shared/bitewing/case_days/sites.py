"""Where Case Days take place: each site is read once, however many days it has."""

from collections.abc import Iterable, Mapping

from bitewing.care_teams.site import Site
from bitewing.case_days.case_day import CaseDay
from bitewing.case_days.ports import Roster

#: By practice and site; ``None`` for a site that is not known any more.
Sites = Mapping[tuple[str, str], Site | None]


def sites_of(days: Iterable[CaseDay], roster: Roster) -> Sites:
    """Return where days take place; one request for each site.

    Whoever may see a day may know where it is.
    """
    return {each: roster.site(*each) for each in {(day.practice_id, day.site_id) for day in days}}
