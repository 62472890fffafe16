"""The check itself: every rule over one case, with what the lab's profile makes of each."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from bitewing.precheck.checked_case import CheckedCase
from bitewing.precheck.finding import Finding, Outcome, Precheck
from bitewing.precheck.rules import RULES, Rule

__all__ = ["CheckedCase", "run"]

#: From the best to the worst.
_SEVERITY: Final = (Outcome.PASS, Outcome.WARN, Outcome.BLOCK)


def run(checked: CheckedCase) -> Precheck:
    """Return every finding on a case, blockers first.

    Inside of each outcome, findings stand in the order of ``RULES``, in which a person would fix them. Findings
    of one rule about several things stay in the order of the packet.
    """
    findings = sorted(
        (finding for rule in RULES for finding in _findings_of(rule, checked)),
        key=lambda finding: _SEVERITY.index(finding.outcome),
        reverse=True,
    )
    outcome = findings[0].outcome if findings else Outcome.PASS
    return Precheck(outcome=outcome, findings=tuple(findings))


def _findings_of(rule: Rule, checked: CheckedCase) -> Iterator[Finding]:
    """Yield what a rule finds, raised, lowered or silenced as the lab wants; a legal rule stands as it is."""
    for finding in rule.check(checked):
        if rule.IS_LEGAL or checked.profile is None:
            yield finding
            continue
        outcome = checked.profile.outcome_of(rule.ID, rule.OUTCOME, finding.outcome)
        if outcome is not Outcome.PASS:
            yield finding if outcome is finding.outcome else replace(finding, outcome=outcome)
