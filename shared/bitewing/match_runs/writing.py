"""The schedule of a run as managers and practices read it: days with teams and why, and requests with why not."""

from typing import Final

from bitewing.match_runs.building import as_wanted
from bitewing.match_runs.proposal import ClinicianLoad, ProposedDay, ProposedMember, UnmatchedRequest
from bitewing.match_runs.reasons import for_manager, for_practice, left_out_for_manager, left_out_for_practice
from bitewing.match_runs.settling import clinician_loads
from bitewing.match_runs.translating import ROLES
from bitewing.match_runs.words import Asked, Words
from bitewing.matching.explaining import Explainer, Served, Unmatched
from bitewing.matching.instance import Instance
from bitewing.matching.schedule import Schedule


class Writer:
    """Says in words what a schedule is.

    Args:
        instance: What was matched.
        words: What is kept beside it.
        schedule: Of the whole instance.
        run_id: Whose schedule it is.
    """

    def __init__(self, instance: Instance, words: Words, schedule: Schedule, *, run_id: str) -> None:
        self._instance, self._words, self._schedule, self._run_id = instance, words, schedule, run_id
        self._explainer: Final = Explainer(instance, schedule.assignments)
        self._left_out: Final = {each.request_id: each for each in words.left_out}

    def of(self, asked: Asked) -> ProposedDay | UnmatchedRequest:
        """Return the day that is proposed for a request, or why there is none."""
        if (left_out := self._left_out.get(asked.request_id)) is not None:
            names = self._words.names
            return self._not_served(asked, left_out_for_manager(left_out, names), left_out_for_practice(left_out))
        explanation = self._explainer.explain(asked.request_id)
        return self._served(asked, explanation) if isinstance(explanation, Served) else self._short(asked, explanation)

    def loads(self) -> tuple[ClinicianLoad, ...]:
        """Return who works how much."""
        words = self._words
        return clinician_loads(
            as_wanted(self._instance, words.wanted_days),
            self._schedule.assignments,
            period_id=words.period_id,
            ledger=words.ledger,
            names=words.names.clinicians,
            elsewhere=words.elsewhere,
        )

    def _served(self, asked: Asked, served: Served) -> ProposedDay:
        names = self._words.names
        _, *whys = for_manager(served, names)
        return ProposedDay(
            run_id=self._run_id,
            request_id=asked.request_id,
            practice_id=asked.practice_id,
            practice_name=names.places[asked.request_id].practice,
            site_id=asked.site_id,
            on=names.date_of(served.day),
            team=tuple(
                ProposedMember(
                    clinician_id=choice.clinician_id,
                    name=names.clinicians[choice.clinician_id],
                    role=ROLES[choice.role],
                    drive_minutes=choice.drive_min,
                    why=why,
                )
                for choice, why in zip(served.team, whys, strict=True)
            ),
        )

    def _short(self, asked: Asked, unmatched: Unmatched) -> UnmatchedRequest:
        out = self._words.dates_out.get(asked.request_id, ())
        names = self._words.names
        return self._not_served(asked, for_manager(unmatched, names, out), for_practice(unmatched, names, out))

    def _not_served(self, asked: Asked, explanation: tuple[str, ...], reason: str) -> UnmatchedRequest:
        return UnmatchedRequest(
            run_id=self._run_id,
            request_id=asked.request_id,
            practice_id=asked.practice_id,
            practice_name=self._words.names.places[asked.request_id].practice,
            dates=asked.dates,
            explanation=explanation,
            reason=reason,
        )
