"""Correction links, and stories of them."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from bitewing.cases.corrections import Asked, CorrectionLink, Scope
from bitewing.files.case_file import FileKind
from bitewing.kernel.credentials import digest
from bitewing.precheck.finding import Outcome

from tests.support.builders import CASE_ID, LAB_ID, NOW, PRACTICE_ID
from tests.support.calls import KEY, call_of
from tests.support.http import Call
from tools.sample_things import LAB_SYSTEM_CREDENTIAL, NOON, SCANNER_CREDENTIAL, credential_of, link_of, sample_cases

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


#: Sample cases that a lab started: a draft, and one that it gave back.
START, AMEND = "START0000001", "AMEND0000001"
_CASES = {sample.case.case_id: sample.case for sample in sample_cases(NOON)}


def sample_link(case_id: str) -> CorrectionLink:
    """Return the link to a sample case."""
    return link_of(_CASES[case_id], NOON)


#: What opens the routes without a token.
CREDENTIALS = {
    "scanner_api": {"authorization": f"Bearer {SCANNER_CREDENTIAL}"},
    "lab_system_api": {"authorization": f"Bearer {LAB_SYSTEM_CREDENTIAL}"},
    "correction_api": {"authorization": f"Bearer {credential_of(sample_link('START0000001'))}"},
}


def with_link(method: str, path: str, case_id: str = START, body: object = None, **headers: str) -> Call:
    """Return a request with the link to a sample case, as it would be answered."""
    call = call_of(method, path, case_id)
    return Call(
        method,
        path,
        call.ids,
        call.body if body is None else body,
        headers={
            **KEY,
            "if-match": f'"{_CASES[case_id].version}"',
            "authorization": f"Bearer {credential_of(sample_link(case_id))}",
            **{name.replace("_", "-"): value for name, value in headers.items()},
        },
    )
