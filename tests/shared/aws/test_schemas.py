"""Items of other schemas than this code writes: older ones are brought up, newer ones are refused."""

from dataclasses import replace

import pytest
from bitewing.aws import keys
from bitewing.aws.items import UnreadableItem
from bitewing.aws.schemas import SCHEMAS, UPGRADES, as_stored, current, read_record, record
from bitewing.aws.table import EXISTS, Condition, Put, Update
from bitewing.kernel.errors import BitewingError

from tests.support.builders import CASE_ID, PRACTICE_ID, a_case, a_practice
from tests.support.callers import a_request
from tests.support.changes import a_change, an_answer

ALWAYS = Condition(expression="attribute_exists(#pk) OR attribute_not_exists(#pk)", values={})


@pytest.fixture
def second_schema(monkeypatch):
    """A product in which practices had one address line called ``street`` before."""

    def called_address(item):
        return {**{name: value for name, value in item.items() if name != "street"}, "address": item["street"]}

    monkeypatch.setitem(SCHEMAS, "Practice", 2)
    monkeypatch.setitem(UPGRADES, ("Practice", 1), called_address)


def an_old_practice():
    item = {**record(a_practice()), "schema": 1, "street": a_practice().address}
    del item["address"]
    return item


def test_every_item_says_its_entity_and_schema():
    assert record(a_practice()).items() >= {"entity": "Practice", "schema": 1, "practice_id": PRACTICE_ID}.items()
    assert as_stored("Event", {"source": "s"}) == {"entity": "Event", "schema": 1, "source": "s"}


def test_an_item_of_an_older_schema_is_brought_up_when_it_is_read(second_schema):
    assert read_record(type(a_practice()), an_old_practice()) == a_practice()


def test_an_item_goes_up_every_step_in_order(monkeypatch):
    monkeypatch.setitem(SCHEMAS, "Practice", 4)
    for step in (1, 2, 3):
        monkeypatch.setitem(UPGRADES, ("Practice", step), lambda item, step=step: {"steps": [*item["steps"], step]})
    assert current("Practice", {"schema": 1, "steps": []}) == {"steps": [1, 2, 3]}
    assert current("Practice", {"schema": 3, "steps": []}) == {"steps": [3]}
    assert current("Practice", {"schema": 4, "steps": []})["steps"] == []


def test_an_older_item_is_read_from_the_table_and_stored_in_the_new_form_with_the_next_write(
    moto_stores, second_schema
):
    table, directory = moto_stores.table, moto_stores.directory
    table.write([Put(key=keys.practice(PRACTICE_ID), values=an_old_practice(), condition=ALWAYS)])
    practice = directory.practice(PRACTICE_ID)
    assert practice == a_practice()
    directory.put(replace(practice, name="Another Name"))
    item = table.get(keys.practice(PRACTICE_ID))
    assert (item["schema"], item["address"], "street" in item) == (2, a_practice().address, False)


def test_an_item_of_a_newer_schema_is_refused_and_not_read_as_if_it_were_known(moto_stores):
    moto_stores.cases.create(a_change(a_case()), request=a_request(), answer=an_answer(a_case()))
    for key in (keys.case(CASE_ID), keys.idempotency(a_request().caller, a_request().key)):
        moto_stores.table.write([Update(key=key, values={"schema": 2}, condition=EXISTS)])
    for read in (
        lambda: moto_stores.cases.find(CASE_ID),
        lambda: moto_stores.cases.with_files(CASE_ID),
        lambda: moto_stores.cases.answered(a_request()),
    ):
        with pytest.raises(UnreadableItem, match="schema 2, and this code knows 1"):
            read()


@pytest.mark.parametrize("schema", [None, "1", {"Markworth": "Markworth"}])
def test_an_item_without_a_schema_is_refused(schema):
    with pytest.raises(UnreadableItem, match=r"^A stored Case cannot be read: it has no schema\.$"):
        current("Case", {"schema": schema})
    with pytest.raises(UnreadableItem):
        current("Case", {})


def test_an_older_schema_without_a_way_up_is_refused(monkeypatch):
    monkeypatch.setitem(SCHEMAS, "Case", 3)
    monkeypatch.setitem(UPGRADES, ("Case", 1), dict)
    with pytest.raises(UnreadableItem, match="no upgrade from schema 2"):
        current("Case", {"schema": 1})


def test_there_is_a_way_up_from_every_schema_that_was_ever_written():
    assert set(UPGRADES) == {(entity, step) for entity, newest in SCHEMAS.items() for step in range(1, newest)}


def test_an_unreadable_item_is_a_failure_and_no_refusal():
    assert not issubclass(UnreadableItem, BitewingError)
