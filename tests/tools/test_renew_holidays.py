"""What operators run once a year, over the table as moto has it."""

from dataclasses import replace
from datetime import date

import boto3
import pytest
from bitewing.aws.client import create_client
from bitewing.aws.table import Table
from bitewing.directory.labs import LabService
from bitewing.directory.public_holidays import LibraryHolidays
from bitewing.directory.upkeep_store import TableLabs

from tests.support.builders import LAB_ID, a_lab
from tests.support.callers import a_request
from tests.support.clock import Clock
from tests.support.tables import create_table
from tests.support.world import Interrupted
from tools import operating, renew_holidays
from tools.played_aws import played_aws
from tools.renew_holidays import main, renew

KEEPS_SOME = a_lab(holiday_calendar="US-OR", public_holidays=frozenset({date(2026, 1, 1)}))


@pytest.fixture
def labs(monkeypatch):
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with played_aws():
        monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        client = create_client("dynamodb")
        name = create_table(client)
        kept = TableLabs(Table(client, name), now=Clock())
        kept.add(KEEPS_SOME, [], request=a_request("one"))
        kept.add(replace(a_lab(), lab_id="lab-2", name="Another Lab"), [], request=a_request("two"))
        monkeypatch.setattr(operating, "outputs_of", lambda *_: {"TableName": name})
        yield kept


def test_labs_that_keep_public_holidays_know_five_years_of_them_afterwards(labs):
    service = LabService(labs, LibraryHolidays(), now=Clock())
    assert list(renew(labs, service)) == [
        f"Renewed {LAB_ID}: known until 2030-12-31.",
        "1 of 2 labs were renewed.",
    ]
    assert labs.lab(LAB_ID).version == 2
    assert list(renew(labs, service)) == ["0 of 2 labs were renewed."]


def test_more_labs_than_a_page_are_all_seen(labs, monkeypatch):
    monkeypatch.setattr(renew_holidays, "_PAGE", 1)
    lines = list(renew(labs, LabService(labs, LibraryHolidays(), now=Clock())))
    assert lines[-1] == "1 of 2 labs were renewed."


def test_a_lab_that_somebody_changes_is_left_alone(labs):
    def changes():
        labs.save(replace(KEEPS_SOME, name="Aurora", version=2), before=KEEPS_SOME)

    service = LabService(Interrupted(labs, "save", changes), LibraryHolidays(), now=Clock())
    left, total = renew(labs, service)
    assert left.startswith(f"Left {LAB_ID} as it is")
    assert total == "0 of 2 labs were renewed."


def test_it_says_what_it_did(labs, capsys):
    main(["prod"])
    assert capsys.readouterr().out.splitlines()[-1] == "1 of 2 labs were renewed."


def test_an_environment_that_is_not_there_is_told_without_a_traceback(labs, monkeypatch):
    monkeypatch.setattr(operating, "outputs_of", lambda *_: boto3.client("sts").get_caller_identity(Wrong="x"))
    with pytest.raises(SystemExit):
        main(["prod"])
