"""What becomes of the record of a clinician who leaves their care team."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from bitewing.care_teams.events import clinician_changed
from bitewing.care_teams.ports import Clinicians, StillMember
from bitewing.kernel.errors import RequestInProgress, StaleVersion


class Leaving:
    """Lets clinicians work no more who are members no more."""

    def __init__(self, clinicians: Clinicians, *, now: Callable[[], datetime]) -> None:
        self._clinicians, self._now = clinicians, now

    def left(self, care_team_id: str, user_id: str) -> bool:
        """Store that somebody works no more, if they are a clinician and their membership has ended.

        Late, twice, or for somebody who was invited again, it changes nothing.

        Returns:
            Whether they worked until now.

        Raises:
            RequestInProgress: Others change the clinician at this moment.
        """
        clinician = self._clinicians.clinician(care_team_id, user_id)
        if clinician is None or not clinician.is_active:
            return False
        retired = replace(clinician, is_active=False, version=clinician.version + 1)
        try:
            self._clinicians.retire(retired, clinician_changed(retired, ("is_active",), at=self._now()))
        except StillMember:
            return False
        except StaleVersion as error:
            raise RequestInProgress from error
        return True
