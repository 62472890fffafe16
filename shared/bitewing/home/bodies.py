"""How somebody wants to be told of things, as the API reads and shows it."""

from typing import Annotated, Any

from pydantic import Field, StrictBool, StringConstraints

from bitewing.aws.bodies import ONE_LINE, Body, Changes, TimeOfDay, View
from bitewing.home.preferences import Preferences, QuietHours

Short = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64, pattern=ONE_LINE)]


class QuietHoursBody(Body):
    """When only the portal is written to; past midnight where the end is the earlier time of the day."""

    begins_at: TimeOfDay
    ends_at: TimeOfDay


class PreferencesBody(Changes):
    """Changes of how somebody wants to be told of things: what is not named stays."""

    language: Annotated[Short, Field(description="As BCP 47 says it: `en`, `en-US`.")] = ""
    time_zone: Annotated[Short | None, Field(description="Of IANA; null for that of the organization.")] = None
    by_email: StrictBool = False
    by_text: Annotated[StrictBool, Field(description="Needs a number.")] = False
    by_inbox: StrictBool = False
    mobile: Annotated[Short | None, Field(description="With its country: `+18025550115`.")] = None
    quiet_hours: QuietHoursBody | None = None

    def preferences(self) -> dict[str, Any]:
        """Return the preferences that were named, with their values."""
        named = {name: value for name, value in self.changes().items() if name in PreferencesBody.model_fields}
        if (quiet := named.get("quiet_hours")) is not None:
            named["quiet_hours"] = QuietHours(begins_at=quiet.begins_at, ends_at=quiet.ends_at)
        return named


class QuietHoursView(View):
    """When only the portal is written to."""

    begins_at: str
    ends_at: str


class PreferencesView(View):
    """How somebody wants to be told of things."""

    language: str
    time_zone: str | None
    by_email: bool
    by_text: bool
    by_inbox: bool
    mobile: str | None
    quiet_hours: QuietHoursView | None


def shown_preferences(preferred: Preferences) -> dict[str, Any]:
    """Return the fields of :class:`PreferencesView` and of views that say more."""
    quiet = preferred.quiet_hours
    return {
        "language": preferred.language,
        "time_zone": preferred.time_zone,
        "by_email": preferred.by_email,
        "by_text": preferred.by_text,
        "by_inbox": preferred.by_inbox,
        "mobile": preferred.mobile,
        "quiet_hours": QuietHoursView(begins_at=quiet.begins_at, ends_at=quiet.ends_at) if quiet else None,
    }
