"""How somebody wants to be told of things."""

import re
from dataclasses import dataclass
from datetime import time
from typing import Final

from bitewing.directory.values import is_time_zone
from bitewing.kernel.addresses import MOBILE
from bitewing.kernel.errors import FieldError, InvalidInput

#: Language, and where it is said country: ``en``, ``en-US`` (BCP 47).
LANGUAGE: Final = re.compile(r"[a-z]{2,3}(-[A-Z]{2})?", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietHours:
    """When nobody writes to somebody; past midnight where the end is the earlier time of the day.

    Attributes:
        begins_at: Time of day in the reader's time zone, such as ``20:00``.
        ends_at: The same.
    """

    begins_at: str
    ends_at: str

    def has(self, local: time) -> bool:
        """Whether a time of day of the reader's clock is in them."""
        begins, ends = time.fromisoformat(self.begins_at), time.fromisoformat(self.ends_at)
        if begins < ends:
            return begins <= local < ends
        return local >= begins or local < ends


@dataclass(frozen=True, slots=True, kw_only=True)
class Preferences:
    """How one person wants to be told of things.

    Attributes:
        language: In which language, as BCP 47 says it.
        time_zone: IANA name of the zone whose clock the person lives by; ``None`` for that of the organization.
        by_email: Whether things are mailed.
        by_text: Whether they are sent as text messages, too.
        by_inbox: Whether they are shown in the portal.
        mobile: The number for text messages; ``None`` where there is none.
        quiet_hours: When only the portal is written to; ``None``: never.
        has_chosen_texts: Whether the person has said whether they want text messages. A clinician who has not is texted
            as their record says, whatever else they prefer.
        version: Counts up with each change; 0 before the first.
    """

    language: str = "en"
    time_zone: str | None = None
    by_email: bool = True
    by_text: bool = False
    by_inbox: bool = True
    mobile: str | None = None
    quiet_hours: QuietHours | None = None
    has_chosen_texts: bool = False
    version: int = 0

    @property
    def says_of_texts(self) -> bool:
        """Whether they say anything of text messages; also those that were kept before that was noted."""
        return self.has_chosen_texts or self.by_text or self.mobile is not None

    def ensure_sensible(self) -> None:
        """Refuse preferences that cannot be kept.

        Raises:
            InvalidInput: A value is none, or does not fit the others.
        """
        errors = []
        if not LANGUAGE.fullmatch(self.language):
            errors.append(FieldError("/language", "This must be a language, such as en or en-US."))
        if self.time_zone is not None and not is_time_zone(self.time_zone):
            errors.append(FieldError("/time_zone", "This must be a time zone of IANA, such as America/New_York."))
        if self.mobile is not None and not MOBILE.fullmatch(self.mobile):
            errors.append(FieldError("/mobile", "This must be a number with its country, such as +18025550115."))
        if self.by_text and self.mobile is None:
            errors.append(FieldError("/by_text", "Text messages need a number: send it as mobile."))
        if not (self.by_email or self.by_text or self.by_inbox):
            errors.append(FieldError("/by_inbox", "Keep one way open in which you are told that a case needs you."))
        if (quiet := self.quiet_hours) is not None and quiet.begins_at == quiet.ends_at:
            errors.append(FieldError("/quiet_hours/ends_at", "Quiet hours end at another time than they begin."))
        if errors:
            raise InvalidInput(*errors)
