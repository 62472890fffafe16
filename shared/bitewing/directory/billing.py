"""Billing, as whoever sends the invoices knows it.

Which provider that is stays behind this port. The built-in adapter keeps the state beside the practice, as an
administrator of the platform has set it. The state is read from there, whoever bills: the adapter of a provider keeps
that copy up to date through ``set_state``.
"""

from typing import Protocol

from bitewing.directory.events import PracticeBillingChanged


class Billing(Protocol):
    """Who knows whether practices pay."""

    def set_state(self, change: PracticeBillingChanged) -> bool:
        """Keep the state of a practice, with who set it and when, and tell it; the state that it has changes nothing.

        What else is known of the practice stays as it is.

        Returns:
            Whether there is such a practice.
        """
