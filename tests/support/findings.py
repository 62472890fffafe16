"""Short ways to ask one PreCheck rule about a case that is valid but for one thing."""

from typing import Any

from bitewing.precheck.checked_case import CheckedCase
from bitewing.precheck.finding import Finding, Outcome
from bitewing.precheck.rules import Rule
from bitewing.requirements.case_types import CaseType

from tests.support.builders import a_case, a_checked_case, a_packet, a_profile


def checked_packet(case_type: CaseType = CaseType.CROWN, **changes: Any) -> CheckedCase:
    """Return a checked case of a type with a changed packet; everything else is valid."""
    return a_checked_case(case=a_case(case_type=case_type, packet=a_packet(**changes)), profile=a_profile(case_type))


def only_finding(rule: Rule, checked: CheckedCase) -> Finding:
    """Return the one finding of a rule."""
    (finding,) = rule.check(checked)
    return finding


def outcomes(rule: Rule, checked: CheckedCase) -> list[Outcome]:
    """Return the outcomes of a rule's findings, in their order."""
    return [finding.outcome for finding in rule.check(checked)]
