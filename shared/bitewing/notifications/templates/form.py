"""How dates and times are written: by the reader's clock, and as their language and country write them."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

_ENGLISH_DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_SPANISH_DAYS: Final = ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo")
_ENGLISH_MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_SPANISH_MONTHS: Final = (
    *("enero", "febrero", "marzo", "abril", "mayo", "junio"),
    *("julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre"),
)
#: Where the day is halved, and the month comes before the day; Spanish keeps its own order everywhere.
_TWELVE_HOURS: Final = frozenset({"en-US", "en-PH", "en-AU", "en-CA", "es-US", "es-MX", "es-CO", "es-PR", "es-DO"})
_MONTH_FIRST: Final = frozenset({"en-US", "en-PH"})
_NOON: Final = 12
#: Zones whose people write dates as the United States do, where they say no country: its states and its territories
#: (``zone.tab`` of the time zone database). Those under ``US/`` are older names of some.
OF_THE_STATES: Final = frozenset(
    {
        *("America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles", "America/Phoenix"),
        *("America/Detroit", "America/Boise", "America/Menominee", "America/Kentucky/Louisville"),
        *("America/Kentucky/Monticello", "America/Indiana/Indianapolis", "America/Indiana/Knox"),
        *("America/Indiana/Marengo", "America/Indiana/Petersburg", "America/Indiana/Tell_City"),
        *("America/Indiana/Vevay", "America/Indiana/Vincennes", "America/Indiana/Winamac"),
        *("America/North_Dakota/Beulah", "America/North_Dakota/Center", "America/North_Dakota/New_Salem"),
        *("America/Anchorage", "America/Adak", "America/Juneau", "America/Metlakatla", "America/Nome"),
        *("America/Sitka", "America/Yakutat", "Pacific/Honolulu"),
        *("America/Puerto_Rico", "America/St_Thomas", "Pacific/Guam", "Pacific/Pago_Pago", "Pacific/Saipan"),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Who reads.

    Attributes:
        language: As BCP 47 says it, with a country where that is said: ``en``, ``es-US``.
        time_zone: IANA name.
    """

    language: str
    time_zone: str

    @property
    def reads_spanish(self) -> bool:
        """Whether the reader is told in Spanish."""
        return self.language.partition("-")[0] == "es"

    @property
    def form(self) -> str:
        """Return the language with the country by which dates and times are written, where it is known.

        Most people say none: whose clock is one of the United States writes as people there do.
        """
        is_there = self.time_zone in OF_THE_STATES or self.time_zone.startswith("US/")
        return f"{self.language}-US" if is_there and "-" not in self.language else self.language


def date_said(on: date, reader: Reader) -> str:
    """Return a date: ``Monday, 16 March 2026``, ``Monday, March 16, 2026``, ``lunes, 16 de marzo de 2026``."""
    weekday, month = on.weekday(), on.month - 1
    if reader.reads_spanish:
        return f"{_SPANISH_DAYS[weekday]}, {on.day} de {_SPANISH_MONTHS[month]} de {on.year}"
    if reader.form in _MONTH_FIRST:
        return f"{_ENGLISH_DAYS[weekday]}, {_ENGLISH_MONTHS[month]} {on.day}, {on.year}"
    return f"{_ENGLISH_DAYS[weekday]}, {on.day} {_ENGLISH_MONTHS[month]} {on.year}"


def moment_said(at: datetime, reader: Reader) -> str:
    """Return a moment by the reader's clock, with its distance from UTC: at a change of clocks an hour comes twice.

    Such as ``Monday, 16 March 2026, 10:30 (UTC-04:00)``; ``10:30 AM`` and ``10:30 a. m.`` where the day is halved.
    """
    local = at.astimezone(ZoneInfo(reader.time_zone))
    return f"{date_said(local.date(), reader)}, {_time_said(local, reader)} ({_offset_said(local)})"


def date_in_short(on: date, reader: Reader) -> str:
    """Return a date for a text message: ``Mon 16 Mar``, ``Mon, Mar 16``, ``lun 16 mar``."""
    if reader.reads_spanish:
        return f"{_SPANISH_DAYS[on.weekday()][:3]} {on.day} {_SPANISH_MONTHS[on.month - 1][:3]}"
    day, month = _ENGLISH_DAYS[on.weekday()][:3], _ENGLISH_MONTHS[on.month - 1][:3]
    return f"{day}, {month} {on.day}" if reader.form in _MONTH_FIRST else f"{day} {on.day} {month}"


def moment_in_short(at: datetime, reader: Reader) -> str:
    """Return a moment for a text message, by the reader's clock: ``Mon 16 Mar, 10:30``."""
    local = at.astimezone(ZoneInfo(reader.time_zone))
    return f"{date_in_short(local.date(), reader)}, {_time_said(local, reader)}"


def _time_said(local: datetime, reader: Reader) -> str:
    if reader.form not in _TWELVE_HOURS:
        return f"{local:%H:%M}"
    halves = ("a. m.", "p. m.") if reader.reads_spanish else ("AM", "PM")
    return f"{local.hour % _NOON or _NOON}:{local:%M} {halves[local.hour >= _NOON]}"


def _offset_said(local: datetime) -> str:
    offset = local.utcoffset() or timedelta()
    minutes = abs(round(offset.total_seconds())) // 60
    sign = "-" if offset < timedelta() else "+"
    return f"UTC{sign}{minutes // 60:02}:{minutes % 60:02}"
