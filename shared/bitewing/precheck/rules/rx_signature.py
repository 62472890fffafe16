"""The dentist of the case has authorized it, electronically, with the time.

Source: FL §466.021, MD §4-403, NC §90-29.2, WV §30-4B-2 and OK 59 §328.36a ask for the dentist's signature;
FL states that it may be electronic.

The dentist's consent to sign so stands in the directory of a practice that has joined, or was given with the
authorization itself. Of work that arrived at a lab outside the system, the dentist has often signed on paper: the
signed prescription, as a document of the case, stands for the consent. What a lab records itself counts with that
document alone: nobody consents in the dentist's place, and none signs.
"""

from collections.abc import Iterator
from typing import Final

from bitewing.files.kinds import FileKind
from bitewing.precheck.checked_case import CheckedCase
from bitewing.precheck.finding import Finding, FindingSource, Outcome

ID: Final = "RX-SIGNATURE"
OUTCOME: Final = Outcome.BLOCK
IS_LEGAL: Final = True
SOURCE: Final = FindingSource.LAW


def check(checked: CheckedCase) -> Iterator[Finding]:
    """Find a case that its own dentist has not authorized."""
    authorization = checked.case.packet.authorization
    if authorization is None:
        says = "The dentist has not authorized this case."
        do = "Have the dentist of the case authorize it."
    elif authorization.dentist_id != checked.case.dentist_id:
        says = "Someone other than the dentist of this case has authorized it."
        do = "Have the dentist of the case authorize it."
    elif checked.dentist is None or authorization.is_agreed or _is_signed_on_paper(checked):
        return
    elif authorization.is_by_lab:
        says = "The lab has recorded the authorization, and there is no prescription signed on paper."
        do = "Add the signed prescription as a document, or have the dentist authorize the case."
    elif checked.dentist.has_signature_consent and not checked.practice.is_guest:
        return
    else:
        says = "The dentist has not agreed to sign electronically."
        do = "Ask the dentist to agree to it; your administrator records that in the directory."
    yield Finding(rule_id=ID, outcome=OUTCOME, source=SOURCE, about="/packet/authorization", says=says, do=do)


def _is_signed_on_paper(checked: CheckedCase) -> bool:
    return checked.case.is_lab_started and any(file.kind is FileKind.DOCUMENT for file in checked.clean_files)
