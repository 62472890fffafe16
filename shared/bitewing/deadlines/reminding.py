"""Reminding people of what comes, when it is time for it."""

from collections.abc import Callable, Iterator
from datetime import datetime

from bitewing.deadlines.ahead import Ahead
from bitewing.deadlines.deadline import Deadline
from bitewing.deadlines.ports import Clinicians
from bitewing.deadlines.setting import DeadlineSetting
from bitewing.notifications.coming import Subject, due_in
from bitewing.notifications.fact import Fact
from bitewing.notifications.owner import owners_with
from bitewing.notifications.ports import Facts, Rules
from bitewing.notifications.reminder import ReminderKind


class Reminding:
    """Reminds people.

    Told late, it reminds of what was due meanwhile and still comes; told twice, or of what moved or went away, it
    reminds nobody once more.
    """

    def __init__(
        self,
        ahead: Ahead,
        clinicians: Clinicians,
        rules: Rules,
        facts: Facts,
        setting: DeadlineSetting,
        *,
        now: Callable[[], datetime],
    ) -> None:
        """Remember what is needed.

        Args:
            ahead: Where that is of what people are reminded.
            clinicians: Who has not said when they can work.
            rules: Who is reminded, and how long before.
            facts: Who tells people.
            setting: Sets when it is looked at next.
            now: The time.
        """
        self._ahead, self._clinicians, self._rules = ahead, clinicians, rules
        self._facts, self._setting, self._now = facts, setting, now

    def remind(self, deadline: Deadline) -> bool:
        """Remind people of what is due since a deadline, and set when to look next.

        Returns:
            Whether anybody is to be reminded.

        Raises:
            RequestInProgress: Others kept changing what it is of.
        """
        subject = self._ahead.of(deadline)
        facts = () if subject is None else tuple(self._due(subject, deadline))
        self._facts.put(facts)
        # In this order: whoever ends in between reminds once more, of the same facts.
        self._setting.after(deadline)
        return bool(facts)

    def _due(self, subject: Subject, deadline: Deadline) -> Iterator[Fact]:
        rules = self._rules.in_effect(owners_with(subject.care_team_id))
        for due in due_in(subject, rules, since=deadline.at, now=self._now()):
            if due.coming.kind is ReminderKind.AVAILABILITY_MISSING:
                for clinician_id in self._clinicians.owing(subject.care_team_id, subject.subject_id):
                    yield due.fact(subject, clinician_id=clinician_id)
            elif due.coming.clinician_id:
                yield due.fact(subject, clinician_id=due.coming.clinician_id)
            else:
                yield due.fact(subject)
