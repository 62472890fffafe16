"""What happens to prescriptions, told to whoever listens on the bus."""

from dataclasses import dataclass

from bitewing.cases.events import CaseEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class RxIssued(CaseEvent):
    """A version of a case's prescription was made; both sides find it with the case.

    Attributes:
        rx_number: 1 for the first version.
        submission_number: The sending that it belongs to.
    """

    rx_number: int
    submission_number: int
