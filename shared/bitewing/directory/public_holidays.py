"""Public holidays of countries and states, from a library that is kept."""

import re
from collections.abc import Iterable
from datetime import date
from typing import Final

#: Two letters of ISO 3166-1, and what the library calls the state: by ISO 3166-2, or by its name.
_CALENDAR: Final = re.compile(r"[A-Z]{2}(-.+)?", re.ASCII)


class LibraryHolidays:
    """Keeps the port :class:`bitewing.directory.ports.PublicHolidays` by the library ``holidays``."""

    def days(self, calendar: str, years: Iterable[int]) -> frozenset[date]:
        """Return the public holidays of a calendar in some years, also the days off for those at a weekend."""
        if not _CALENDAR.fullmatch(calendar):
            # The library finds more under other names: its own parts, stock exchanges.
            return frozenset()
        country, _, state = calendar.partition("-")
        # Some 150 ms: only who sets or renews a calendar waits for it.
        import holidays  # noqa: PLC0415

        try:
            return frozenset(holidays.country_holidays(country, subdiv=state or None, years=years))
        except NotImplementedError:
            return frozenset()
