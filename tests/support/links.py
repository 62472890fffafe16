"""Correction links, and stories of them."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from bitewing.cases.corrections import Asked, CorrectionLink, Scope
from bitewing.files.case_file import FileKind
from bitewing.kernel.credentials import digest
from bitewing.precheck.finding import Outcome

from tests.support.builders import CASE_ID, LAB_ID, NOW, PRACTICE_ID

SECRET = "s" * 43


def a_link(**changes: Any) -> CorrectionLink:
    """Return an open link to the case of the builders, for its description and an upper scan."""
    return replace(
        CorrectionLink(
            link_id="link-1",
            case_id=CASE_ID,
            practice_id=PRACTICE_ID,
            lab_id=LAB_ID,
            secret_digest=digest(SECRET),
            scope=Scope(
                rule_ids=frozenset({"RX-DESCRIPTION", "FIL-REQUIRED"}),
                kinds=frozenset({FileKind.UPPER_SCAN}),
                fields=frozenset({"description"}),
            ),
            asked=(
                Asked(
                    rule_id="RX-DESCRIPTION",
                    outcome=Outcome.WARN,
                    about="/packet/description",
                    says="There is no description of the work.",
                    do="Describe the work in a sentence or two.",
                ),
            ),
            issued_at=NOW,
            issued_by="person-2",
            valid_until=NOW + timedelta(days=14),
        ),
        **changes,
    )
