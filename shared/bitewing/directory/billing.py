"""Billing, as whoever sends the invoices knows it.

Which provider that is stays behind this port. The built-in adapter keeps the state beside the practice, as an
administrator of the platform has set it.
"""

from typing import Protocol

from bitewing.directory.organization import BillingState


class Billing(Protocol):
    """Who knows whether practices pay."""

    def state_of(self, practice_id: str) -> BillingState | None:
        """Return the state of a practice, or ``None`` where there is no such practice."""

    def set_state(self, practice_id: str, state: BillingState) -> bool:
        """Keep the state of a practice; what else is known of it stays as it is.

        Returns:
            Whether there is such a practice.
        """
