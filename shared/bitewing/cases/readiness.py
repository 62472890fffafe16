"""When the work of a case can be ready, and when it is there."""

from datetime import date, datetime

from bitewing.cases.case import Case
from bitewing.cases.due_dates import kept_running
from bitewing.directory.organization import Lab, Resubmission


def ready_on(case: Case, lab: Lab, turnaround: int, *, today: date, at: datetime) -> date:
    """Return the first day on which a lab can be ready with a case that is prepared.

    Args:
        case: The case.
        lab: Its lab.
        turnaround: Working days of the lab from today. They do not count where the lab keeps the clock running of
            what it asked for: then it is ready when it would have been.
        today: The date from which days are counted, in the lab's time zone.
        at: The moment at which this is asked.

    Raises:
        NeverOpen: The lab's calendar has no working day for more than a year.
    """
    days = lab.working_days
    due = case.due_before_files_were_asked_for
    if due is not None and lab.resubmission is Resubmission.KEEPS_RUNNING:
        return kept_running(days, due, at=at)
    return days.after(today, turnaround)


def arrives_on(lab: Lab, ready: date) -> date:
    """Return the day on which work arrives that is ready on a day: the lab ships on its working days.

    Raises:
        NeverOpen: The lab's calendar has no working day for more than a year.
    """
    return lab.working_days.after(ready, lab.shipping_working_days)
