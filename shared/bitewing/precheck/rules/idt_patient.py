"""Name and birth date in a DICOM file are those of the patient of the case.

Names are compared as sets of words without case, accents, order and initials; one side may leave words out.
What a scanner writes for nobody is nobody's name. Names of files are not read: in them, no word says that it
is a name.
"""

from collections.abc import Iterator
from typing import Final

from bitewing.kernel.names import are_of_one_person
from bitewing.precheck.checked_case import CheckedCase
from bitewing.precheck.finding import Finding, FindingSource, Outcome
from bitewing.precheck.wording import KIND_NAMES, pointer

ID: Final = "IDT-PATIENT"
OUTCOME: Final = Outcome.WARN
IS_LEGAL: Final = False
SOURCE: Final = FindingSource.CONTRADICTION


def check(checked: CheckedCase) -> Iterator[Finding]:
    """Find scans that seem to show somebody else; neither name is ever quoted."""
    patient = checked.case.packet.patient
    for file, series in checked.dicom:
        differs = []
        # A DICOM name can come in three scripts, parted by "="; the first is the alphabetic one.
        if not are_of_one_person((series.patient_name or "").partition("=")[0], patient.name):
            differs.append("another patient's name")
        if series.patient_born_on and patient.born_on and series.patient_born_on != patient.born_on:
            differs.append("another birth date")
        if differs:
            yield Finding(
                rule_id=ID,
                outcome=OUTCOME,
                source=SOURCE,
                about=pointer(file),
                says=f"A file ({KIND_NAMES[file.kind]}) carries {' and '.join(differs)}.",
                do="Make sure that it is a scan of this patient; otherwise remove it and add the right one.",
            )
