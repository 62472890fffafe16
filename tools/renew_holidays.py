"""Looks up the public holidays of the next years for all labs that keep some. For operators, once a year.

    python -m tools.renew_holidays prod

Any change of a lab does the same for that lab; this is for those that nobody changes. It works with the credentials of
whoever calls it, in the account and region that these are for.
"""

from argparse import ArgumentParser
from collections.abc import Iterator, Mapping, Sequence

import boto3
from bitewing.aws.clock import now
from bitewing.aws.table import Table
from bitewing.directory.labs import LabService
from bitewing.directory.public_holidays import LibraryHolidays
from bitewing.directory.upkeep_store import TableLabs
from bitewing.kernel.errors import StaleVersion

from tools.operating import operate

#: Labs that are listed with one request.
_PAGE = 100


def renew(labs: TableLabs, service: LabService) -> Iterator[str]:
    """Yield a line for each lab whose holidays were looked up, or could not be."""
    start, seen, renewed = None, 0, 0
    while True:
        page = labs.by_name("", limit=_PAGE, start=start)
        for listing in page.things:
            seen += 1
            try:
                lab = service.renew_holidays(listing.lab_id)
            except StaleVersion:
                yield f"Left {listing.lab_id} as it is: somebody changes it at this moment, which does the same."
                continue
            if lab is not None:
                renewed += 1
                yield f"Renewed {lab.lab_id}: known until {lab.holidays_known_until}."
        if (start := page.next) is None:
            yield f"{renewed} of {seen} labs were renewed."
            return


def main(arguments: Sequence[str] | None = None) -> None:
    """Do it, and say what was done.

    Raises:
        SystemExit: It could not be done; the message says why.
    """
    parser = ArgumentParser(prog="python -m tools.renew_holidays", description="Looks up public holidays for all labs.")
    parser.add_argument("environment", help="local, dev or prod")
    asked = parser.parse_args(arguments)

    def work(outputs: Mapping[str, str]) -> Iterator[str]:
        labs = TableLabs(Table(boto3.client("dynamodb"), outputs["TableName"]), now=now)
        yield from renew(labs, LabService(labs, LibraryHolidays(), now=now))

    operate(asked.environment, work)


if __name__ == "__main__":
    main()
