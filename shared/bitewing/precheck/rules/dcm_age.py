"""A CBCT is not older than the lab accepts."""

from collections.abc import Iterator
from typing import Final

from bitewing.precheck.checked_case import CheckedCase
from bitewing.precheck.finding import Finding, FindingSource, Outcome
from bitewing.precheck.wording import counted, pointer

ID: Final = "DCM-AGE"
OUTCOME: Final = Outcome.WARN
IS_LEGAL: Final = False
SOURCE: Final = FindingSource.LAB


def check(checked: CheckedCase) -> Iterator[Finding]:
    """Find old volumes; those that do not say their day are not judged."""
    if checked.profile is None:
        return
    for file, series in checked.volumes:
        if series.scanned_on is None:
            continue
        age_days = (checked.today - series.scanned_on).days
        if age_days > checked.profile.max_scan_age_days:
            yield Finding(
                rule_id=ID,
                outcome=OUTCOME,
                source=SOURCE,
                about=pointer(file),
                says=f"The CBCT is {counted(age_days, 'day')} old; the lab accepts "
                f"{counted(checked.profile.max_scan_age_days, 'day')}.",
                do="Make sure that nothing has changed since, or take a new scan.",
            )
