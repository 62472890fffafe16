"""By which channels a person hears of something, as they prefer and as they can be reached."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Final

from bitewing.home.preferences import Preferences, QuietHours
from bitewing.kernel.addresses import MOBILE, is_mail_address
from bitewing.notifications.rule import Channel

#: When nobody is texted who has said nothing of it; the hours in which calls that sell are forbidden in the US
#: (47 CFR 64.1200(c)(1)), which people there are used to.
QUIET_FOR_TEXTS: Final = QuietHours(begins_at="21:00", ends_at="08:00")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """Where somebody can be reached.

    Attributes:
        email: Empty where mails bounced, or there is no address.
        mobile: Empty where texts were refused or are not wanted, or there is no number.
        has_portal: Whether they can sign in.
    """

    email: str = field(repr=False)
    mobile: str = field(repr=False)
    has_portal: bool = True


def reach_of(
    preferences: Preferences,
    *,
    email: str,
    phone: str = "",
    bounced: Collection[str] = (),
    has_portal: bool = True,
) -> Reach:
    """Return where a person can be reached.

    Args:
        preferences: What they prefer.
        email: The address of their account.
        phone: Of a clinician's record: empty where texts are not wanted. Whoever has said whether they want texts is
            texted at the number that they gave or at none, and not at this one.
        bounced: Addresses and numbers that are marked, and not used any more.
        has_portal: Whether they can sign in.
    """
    said = preferences.mobile if preferences.by_text else None
    mobile = (said if preferences.says_of_texts else phone) or ""
    return Reach(
        email=email if is_mail_address(email) and email not in bounced else "",
        mobile=mobile if MOBILE.fullmatch(mobile) and mobile not in bounced else "",
        has_portal=has_portal,
    )


def channels_of(asked: Collection[Channel], preferences: Preferences, reach: Reach) -> frozenset[Channel]:
    """Return by which of some channels a person hears of something.

    Who is to be texted and cannot be is mailed to. Who would hear of it nowhere finds it in the portal, whatever they
    prefer: nobody misses what they have to act on because of an address that bounced.
    """
    wanted = set(asked) - {Channel.WEBHOOK}
    if Channel.TEXT in wanted and not reach.mobile:
        wanted = wanted - {Channel.TEXT} | {Channel.EMAIL}
    is_open = {
        Channel.EMAIL: preferences.by_email and bool(reach.email),
        Channel.TEXT: bool(reach.mobile),
        Channel.INBOX: preferences.by_inbox and reach.has_portal,
    }
    chosen = frozenset(channel for channel in wanted if is_open[channel])
    if chosen or not wanted or not reach.has_portal:
        return chosen
    return frozenset({Channel.INBOX})


def quiet_hours_of(channel: Channel, preferences: Preferences) -> QuietHours | None:
    """Return when a channel of a person is quiet: the portal never is."""
    if channel is Channel.INBOX:
        return None
    if preferences.quiet_hours is None and channel is Channel.TEXT:
        return QUIET_FOR_TEXTS
    return preferences.quiet_hours
