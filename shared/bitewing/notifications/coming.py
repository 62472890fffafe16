"""Reminders of what comes: when each is due, and when to look next at what they are of.

What comes is looked at once a day at least, at a time of day of its own, and not only when the next reminder is due.
So a lead that somebody changes counts for everything that is ahead from the next day on, and nothing has to be set anew
then: a reminder is missed only where its lead is made longer less than a day before it would be due.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zlib import crc32

from bitewing.kernel.moments import rfc3339
from bitewing.notifications.fact import Fact
from bitewing.notifications.reminder import LEAD, Lead, ReminderKind
from bitewing.notifications.rule import Rule

_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Coming:
    """Something that comes, of which people are reminded before.

    Attributes:
        clinician_id: Whose it is; empty where it is not one clinician's.
    """

    kind: ReminderKind
    comes_at: datetime
    clinician_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A planning session, a period or a Case Day as it is now, as far as people are reminded of it.

    Attributes:
        coming: What comes of it; nothing where it is over, or called off.
        detail: What reminders of it carry.
        needless: Of what nobody is reminded as it is now, though it comes.
        care_team_id: Whose rules count for it beside the platform's; empty where no care team's do.
    """

    subject_id: str
    coming: tuple[Coming, ...]
    detail: Mapping[str, object]
    needless: frozenset[ReminderKind] = frozenset()
    care_team_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A reminder whose time has come."""

    coming: Coming
    lead: Lead

    def fact(self, subject: Subject, **more: str) -> Fact:
        """Return the fact that people are told; of the same reminder always the same.

        Args:
            subject: What it is of.
            **more: What it carries beside what all reminders of its subject do; the values are part of its id.
        """
        kind, comes_at = self.coming.kind, self.coming.comes_at
        parts = (kind.value, subject.subject_id, rfc3339(comes_at), self.lead.code, *more.values())
        return Fact(
            name=kind.value,
            fact_id="-".join(parts),
            subject_id=subject.subject_id,
            occurred_at=self.lead.before(comes_at),
            detail={**subject.detail, LEAD: self.lead.code, **more},
        )


def leads_of(kind: ReminderKind, rules: Iterable[Rule]) -> tuple[Lead, ...]:
    """Return the leads by which people are reminded of something, each once."""
    leads = (rule.lead for rule in rules if rule.of == kind and rule.is_enabled)
    return tuple(dict.fromkeys(lead for lead in leads if lead is not None))


def due_in(subject: Subject, rules: Iterable[Rule], *, since: datetime, now: datetime) -> Iterator[Due]:
    """Yield the reminders that were due from one moment up to another, both among them, and are not too late.

    Args:
        subject: As it is now.
        rules: Those in effect.
        since: When it was to be looked at: what was due before that was told then, or was over when the subject became
            what it is.
        now: This moment; of what has come until now nobody is reminded any more.
    """
    everything = tuple(rules)
    for each in subject.coming:
        for lead in leads_of(each.kind, everything) if each.kind not in subject.needless else ():
            if since <= lead.before(each.comes_at) <= now < each.comes_at:
                yield Due(coming=each, lead=lead)


def next_look(subject: Subject, rules: Iterable[Rule], *, after: datetime) -> datetime | None:
    """Return when to look at a subject next: when a reminder is due, or within a day.

    Args:
        subject: As it is now.
        rules: Those in effect.
        after: This moment; it follows from the subject and the rules alone which moments come after it.

    Returns:
        ``None`` where nothing more can be due.
    """
    everything = tuple(rules)
    moments = [lead.before(each.comes_at) for each in subject.coming for lead in leads_of(each.kind, everything)]
    if subject.coming:
        moments.append(_daily(subject, after))
    return min((at for at in moments if at > after), default=None)


def _daily(subject: Subject, after: datetime) -> datetime:
    """Return the first moment after another that is whole days before the subject's own, or the last of these."""
    # Most days begin at eight: looking at each at a time of its own keeps the morning free for what is due then.
    last = max(each.comes_at for each in subject.coming) - timedelta(
        seconds=crc32(subject.subject_id.encode()) % 86_400
    )
    days = max(0, -((after - last) // _DAY) - 1)
    return last - days * _DAY
