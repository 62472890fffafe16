"""Bodies of prescriptions over HTTP, for people and for a lab's own software."""

from datetime import datetime

from pydantic import Field

from bitewing.aws.bodies import View
from bitewing.rx.rx import Rx


class RxView(View):
    """One version of the RX of a case."""

    number: int = Field(description="1 for the first version.")
    submission_number: int = Field(description="The sending that it belongs to, 1 for the first.")
    made_at: datetime
    pages: int
    size_bytes: int
    sha256: str = Field(description="Of the PDF, in hexadecimal.")

    @classmethod
    def of(cls, rx: Rx) -> "RxView":
        """Return a version as the API shows it."""
        return cls(
            number=rx.number,
            submission_number=rx.submission_number,
            made_at=rx.made_at,
            pages=rx.pages,
            size_bytes=rx.size_bytes,
            sha256=rx.sha256,
        )


class RxVersionsView(View):
    """The versions of the RX of a case, the oldest first; all are kept."""

    versions: list[RxView]
