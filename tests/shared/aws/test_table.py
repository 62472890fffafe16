"""What the table does when it is not left in peace: conflicts, throttling, many pages."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from bitewing.aws.client import create_client
from bitewing.aws.table import ALWAYS, EXISTS, Check, Condition, ConditionsFailed, Delete, Put, Table, Update
from bitewing.kernel.errors import RequestInProgress
from botocore.exceptions import ClientError
from botocore.stub import Stubber

KEY = {"pk": "A", "sk": "A"}
PUT = Put(key=KEY, values={"name": "x"})


@pytest.fixture
def client(aws):
    return create_client("dynamodb")


@pytest.fixture
def waits():
    return []


@pytest.fixture
def table(client, waits):
    return Table(client, "table", sleep=waits.append)


def cancelled(stub, *codes):
    stub.add_client_error(
        "transact_write_items",
        "TransactionCanceledException",
        modeled_fields={"CancellationReasons": [{"Code": code} for code in codes]},
    )


def test_a_transaction_that_meets_another_is_tried_again(client, table, waits):
    with Stubber(client) as stub:
        cancelled(stub, "TransactionConflict")
        cancelled(stub, "None", "TransactionConflict")
        stub.add_response("transact_write_items", {})
        table.write([PUT])
        stub.assert_no_pending_responses()
    assert len(waits) == 2
    assert 0.025 <= waits[0] <= 0.05 <= waits[1] <= 0.1


@pytest.mark.parametrize("code", ["ThrottlingError", "ProvisionedThroughputExceeded"])
def test_a_transaction_that_is_throttled_is_tried_again(client, table, waits, code):
    with Stubber(client) as stub:
        cancelled(stub, code, "None")
        cancelled(stub, "TransactionConflict", code)
        stub.add_response("transact_write_items", {})
        table.write([PUT])
        stub.assert_no_pending_responses()
    assert len(waits) == 2


def test_a_transaction_that_always_meets_others_gives_up(client, table, waits):
    with Stubber(client) as stub:
        for _ in range(5):
            cancelled(stub, "TransactionConflict")
        with pytest.raises(RequestInProgress):
            table.write([PUT])
        stub.assert_no_pending_responses()
    assert sum(waits) < 2


def test_a_condition_that_does_not_hold_is_not_tried_again(client, table, waits):
    with Stubber(client) as stub:
        cancelled(stub, "TransactionConflict", "ConditionalCheckFailed")
        with pytest.raises(ConditionsFailed) as refused:
            table.write([PUT, PUT])
    assert refused.value.stored == (None, {})
    assert waits == []


@pytest.mark.parametrize(
    "codes",
    [
        ["ValidationError"],
        ["ItemCollectionSizeLimitExceeded"],
        ["ValidationError", "TransactionConflict"],
        ["None"],
    ],
)
def test_a_transaction_refused_for_another_reason_is_no_refusal_of_ours(client, table, codes):
    with Stubber(client) as stub:
        cancelled(stub, *codes)
        with pytest.raises(client.exceptions.TransactionCanceledException):
            table.write([PUT])


def test_keys_that_were_not_read_are_asked_for_again(client, table, waits):
    item, other = {"pk": {"S": "A"}, "sk": {"S": "A"}}, {"pk": {"S": "B"}, "sk": {"S": "B"}}
    with Stubber(client) as stub:
        stub.add_response(
            "batch_get_item",
            {"Responses": {"table": [item]}, "UnprocessedKeys": {"table": {"Keys": [other]}}},
        )
        stub.add_response(
            "batch_get_item", {"Responses": {"table": [other]}}, {"RequestItems": {"table": {"Keys": [other]}}}
        )
        assert table.get_all([KEY, {"pk": "B", "sk": "B"}]) == [{"pk": "A", "sk": "A"}, {"pk": "B", "sk": "B"}]
    assert len(waits) == 1


def test_the_newest_of_many_is_read_where_that_is_asked_for(client, table):
    key = {"pk": {"S": "A"}, "sk": {"S": "A"}}
    wanted = {"RequestItems": {"table": {"Keys": [key], "ConsistentRead": True}}}
    with Stubber(client) as stub:
        stub.add_response("batch_get_item", {"Responses": {"table": [key]}}, wanted)
        assert table.get_all([KEY], is_consistent=True) == [KEY]


def test_keys_that_are_never_read_are_given_up(client, table, waits):
    key = {"pk": {"S": "A"}, "sk": {"S": "A"}}
    with Stubber(client) as stub:
        for _ in range(5):
            stub.add_response("batch_get_item", {"Responses": {}, "UnprocessedKeys": {"table": {"Keys": [key]}}})
        with pytest.raises(RequestInProgress):
            table.get_all([KEY])
    assert len(waits) == 5


def test_the_items_that_stand_in_the_way_are_given(moto_stores):
    table = moto_stores.table
    table.write([PUT])
    with pytest.raises(ConditionsFailed) as refused:
        table.write([Put(key={"pk": "B", "sk": "B"}, values={}), Put(key=KEY, values={"name": "y"})])
    assert refused.value.stored == (None, {"pk": "A", "sk": "A", "name": "x"})
    assert table.get({"pk": "B", "sk": "B"}) is None


def test_an_update_sets_and_counts_and_leaves_the_rest(moto_stores):
    table = moto_stores.table
    table.write([Put(key=KEY, values={"name": "x", "count": 1, "status": "s"})])
    table.write([Update(key=KEY, values={"name": "y"}, condition=EXISTS, count_up=("count",))])
    assert table.get(KEY) == {**KEY, "name": "y", "count": 2, "status": "s"}
    table.write([Update(key=KEY, values={}, condition=EXISTS, count_up=("count",))])
    assert table.get(KEY)["count"] == 3


def test_values_are_set_only_where_the_condition_holds(moto_stores):
    table = moto_stores.table
    table.write([Put(key=KEY, values={"version": 1})])
    condition = Condition(expression="#version = :read", values={"read": 1})
    assert table.set_values(KEY, {"version": 2}, condition=condition)
    assert not table.set_values(KEY, {"version": 9}, condition=condition)
    assert table.get(KEY)["version"] == 2


def test_an_update_that_fails_for_another_reason_fails(client, table):
    with Stubber(client) as stub:
        stub.add_client_error("update_item", "ValidationException")
        with pytest.raises(ClientError, match="ValidationException"):
            table.set_values(KEY, {"a": 1}, condition=EXISTS)


def test_a_partition_larger_than_one_answer_is_read_whole_and_in_order(local_stores):
    # One answer carries one megabyte: twelve items of 200 kB need three.
    table = local_stores.table
    for number in range(12):
        table.write([Put(key={"pk": "A", "sk": f"CASE#{number:02d}"}, values={"text": "x" * 200_000})])
    table.write([Put(key={"pk": "A", "sk": "EVENT#1"}, values={})])
    items = table.partition("A", prefix="CASE")
    assert [item["sk"] for item in items] == [f"CASE#{number:02d}" for number in range(12)]


def test_transactions_that_meet_on_one_item_all_get_through(local_stores):
    table = local_stores.table
    table.write([Put(key=KEY, values={"count": 0})])

    def count(number):
        others = Put(key={"pk": "A", "sk": f"B#{number}"}, values={})
        for _ in range(50):
            try:
                table.write([Update(key=KEY, values={}, condition=EXISTS, count_up=("count",)), others])
            except RequestInProgress:
                continue
            return

    with ThreadPoolExecutor(8) as writers:
        list(writers.map(count, range(40)))
    assert table.get(KEY)["count"] == 40


def test_names_are_found_in_an_expression_whatever_stands_around_them():
    condition = Condition(expression="attribute_not_exists(#pk) OR (NOT #a_b>:x AND #c IN (:y,:z))", values={})
    assert condition.names() == {"#pk": "pk", "#a_b": "a_b", "#c": "c"}


def test_numbers_are_added_to_what_is_there_and_to_what_is_not(moto_stores):
    table = moto_stores.table
    for _ in range(2):
        table.write([Update(key=KEY, values={"name": "x"}, condition=ALWAYS, add={"fired:MSH-HOLES": 2, "sent": 1})])
    assert table.get(KEY) == {**KEY, "name": "x", "fired:MSH-HOLES": 4, "sent": 2}
    table.write([Update(key=KEY, values={}, condition=EXISTS, add={"sent": -1})])
    assert table.get(KEY)["sent"] == 1


def test_what_is_only_looked_at_holds_back_the_rest_of_its_transaction(moto_stores):
    table, other = moto_stores.table, Put(key={"pk": "B", "sk": "B"}, values={})
    table.write([PUT])
    is_y = Check(key=KEY, condition=Condition(expression="#name = :name", values={"name": "y"}))
    with pytest.raises(ConditionsFailed) as refused:
        table.write([other, is_y])
    assert refused.value.stored == (None, {**KEY, "name": "x"})
    table.write([other, replace(is_y, condition=EXISTS)])
    assert table.get(other.key) == other.key
    assert table.get(KEY) == {**KEY, "name": "x"}


def test_an_item_is_removed_with_the_rest_of_its_transaction_or_not_at_all(moto_stores):
    table = moto_stores.table
    one, other = ({"pk": "A", "sk": number} for number in "12")
    table.write([Put(key=one, values={"n": 1})])
    with pytest.raises(ConditionsFailed):
        table.write([Delete(key=one), Put(key=other, values={"n": 2}, condition=EXISTS)])
    assert table.get(one) == {**one, "n": 1}
    table.write([Delete(key=one), Put(key=other, values={"n": 2})])
    assert (table.get(one), table.get(other)) == (None, {**other, "n": 2})
    table.write([Delete(key=one)])
    assert table.get(one) is None


def test_an_item_is_removed_only_as_it_was_read_and_what_is_there_is_told(moto_stores):
    table, is_first = moto_stores.table, Condition(expression="#n = :read", values={"read": 1})
    table.write([Put(key=KEY, values={"n": 2})])
    with pytest.raises(ConditionsFailed) as refused:
        table.write([Delete(key=KEY, condition=is_first)])
    assert refused.value.stored == ({**KEY, "n": 2},)
    table.write([Put(key=KEY, values={"n": 1}, condition=EXISTS)])
    table.write([Delete(key=KEY, condition=is_first)])
    assert table.get(KEY) is None
