"""Name and birth date in a DICOM file, or in the name of a file, are those of the patient of the case.

What a scanner writes for nobody is nobody's name. Of a file's name only what plainly is a name of a person counts,
and a date only where it can be no day of a scan.
"""

from collections.abc import Iterator
from datetime import date
from typing import Final

from bitewing.files.case_file import CaseFile
from bitewing.precheck.checked_case import CheckedCase
from bitewing.precheck.finding import Finding, FindingSource, Outcome
from bitewing.precheck.patient_names import can_be_one, dates_in, names_in, words_of
from bitewing.precheck.wording import KIND_NAMES, pointer

ID: Final = "IDT-PATIENT"
OUTCOME: Final = Outcome.WARN
IS_LEGAL: Final = False
SOURCE: Final = FindingSource.CONTRADICTION
#: A date in a file's name that is this much older than the upload is no day of a scan, years: labs take scans of
#: half a year (the default of profiles).
SCAN_DATE_YEARS: Final = 3
_OTHER_NAME: Final = "another patient's name"
_OTHER_BIRTH_DATE: Final = "another birth date"


def check(checked: CheckedCase) -> Iterator[Finding]:
    """Find files that seem to be of somebody else; neither name is ever quoted."""
    patient = checked.case.packet.patient
    for file, series in checked.dicom:
        differs = []
        if not can_be_one(series.patient_name or "", patient.name):
            differs.append(_OTHER_NAME)
        if series.patient_born_on and patient.born_on and series.patient_born_on != patient.born_on:
            differs.append(_OTHER_BIRTH_DATE)
        if differs:
            yield _finding(file, f"A file ({KIND_NAMES[file.kind]}) carries {' and '.join(differs)}.")
    for file in checked.clean_files:
        differs = []
        if _names_somebody_else(file.name, checked):
            differs.append(_OTHER_NAME)
        if _dates_somebody_else(file, patient.born_on):
            differs.append(_OTHER_BIRTH_DATE)
        if differs:
            yield _finding(file, f"The name of a file ({KIND_NAMES[file.kind]}) states {' and '.join(differs)}.")


def _finding(file: CaseFile, says: str) -> Finding:
    return Finding(
        rule_id=ID,
        outcome=OUTCOME,
        source=SOURCE,
        about=pointer(file),
        says=says,
        do="Make sure that it is of this patient; otherwise remove it and add the right one.",
    )


def _names_somebody_else(file_name: str, checked: CheckedCase) -> bool:
    """Whether a file name states names, and none has a word of the patient's or of those who work on the case."""
    patient = checked.case.packet.patient
    known = words_of([patient.name])
    stated = list(names_in(file_name))
    if not known or not stated:
        return False
    others = [checked.practice.name, checked.lab.name, *([checked.dentist.name] if checked.dentist else [])]
    known |= words_of(others)
    return not any(words & known or can_be_one(" ".join(words), patient.name) for words in stated)


def _dates_somebody_else(file: CaseFile, born_on: date | None) -> bool:
    """Whether a file name states dates that are too old for a scan, and none is the patient's birth date."""
    uploaded_on = file.announced_at.date()
    series = file.inspection.series if file.inspection else None
    scanned_on = series.scanned_on if series else None
    stated = [
        days
        for days in dates_in(file.name)
        if days and all((uploaded_on - day).days > SCAN_DATE_YEARS * 366 for day in days) and scanned_on not in days
    ]
    return born_on is not None and bool(stated) and not any(born_on in days for days in stated)
