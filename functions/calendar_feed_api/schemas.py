"""What a calendar that subscribes to an address may send, and what it gets: a text, and no body of JSON."""

from typing import Annotated, Final

from aws_lambda_powertools.event_handler.openapi.params import Header

CALENDAR: Final = "text/calendar; charset=utf-8"
IfNoneMatch = Annotated[
    str | None, Header(alias="If-None-Match", description="The ETag of what the calendar has already.")
]
IfModifiedSince = Annotated[
    str | None, Header(alias="If-Modified-Since", description="When what the calendar has already had changed.")
]
