"""Templates that owners changed, kept in the table."""

from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from typing import Final

from bitewing.aws import keys
from bitewing.aws.schemas import read_record, record
from bitewing.aws.table import ConditionsFailed, Put, Table, is_next
from bitewing.notifications.changed_templates import ChangedTemplate, laid_over_default
from bitewing.notifications.owner import Owner
from bitewing.notifications.templates.catalog import language_of
from bitewing.notifications.templates.template import Template

#: How long a function that stays warm uses the words that it has read: a change counts that much later.
KEPT_FOR: Final = timedelta(seconds=30)

_Place = tuple[Owner, str, str]


class TableTemplates:
    """Keeps the ports ``Templates`` and ``ChangedTemplates`` over the table."""

    def __init__(self, table: Table, *, now: Callable[[], datetime]) -> None:
        self._table, self._now = table, now
        self._read: dict[_Place, tuple[datetime, ChangedTemplate | None]] = {}

    def in_effect(self, name: str, language: str, owners: Collection[Owner]) -> Template:
        """Return the words of a template in a language: those of the last of these owners who has changed them.

        One request, and none where they were read in the last 30 seconds.
        """
        at = self._now()
        self._read = {place: read for place, read in self._read.items() if read[0] + KEPT_FOR > at}
        code = language_of(language).code
        places = [(owner, code, name) for owner in owners]
        if missing := [place for place in places if place not in self._read]:
            items = self._table.get_all(_key(*place) for place in missing)
            found = {(each.owner, each.language, each.name): each for each in _changed(items)}
            self._read |= {place: (at, found.get(place)) for place in missing}
        changes = [change for place in places if (change := self._read[place][1]) is not None]
        return laid_over_default(name, code, changes).template

    def of_owner(self, owner: Owner) -> tuple[ChangedTemplate, ...]:
        """Return what an owner changed, as it is now, also where they went back to the default.

        One request for some hundreds, of which there are not more.
        """
        partition = keys.organization_partition(owner.kind, owner.organization_id)
        return _changed(self._table.partition(partition, prefix=keys.TEMPLATE_PREFIX))

    def find(self, name: str, language: str, owners: Collection[Owner]) -> tuple[ChangedTemplate, ...]:
        """Return what these owners made of one template, in their order, as it is now; one request."""
        items = self._table.get_all([_key(owner, language, name) for owner in owners], is_consistent=True)
        return tuple(sorted(_changed(items), key=lambda each: list(owners).index(each.owner)))

    def save(self, changed: ChangedTemplate) -> None:
        """Store the words as their owner wants them, if the version before is stored.

        Raises:
            StaleVersion: Someone else saved them first.
        """
        key = _key(changed.owner, changed.language, changed.name)
        try:
            self._table.write([Put(key=key, values=record(changed), condition=is_next(changed.version))])
        except ConditionsFailed as error:
            raise error.stale(expected=changed.version - 1) from error


def _changed(items: Collection[dict[str, object]]) -> tuple[ChangedTemplate, ...]:
    return tuple(read_record(ChangedTemplate, item) for item in items)


def _key(owner: Owner, language: str, name: str) -> keys.Key:
    return keys.notification_template(owner.kind, owner.organization_id, language, name)
