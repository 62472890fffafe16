"""The meter beside DynamoDB Local, which bills what the real thing bills."""

import pytest
from bitewing.kernel import wire
from botocore.session import Session

from benchmarks.metering import Meter
from tests.support.tables import create_table, dynamodb_local

SMALL = {"pk": {"S": "a"}, "sk": {"S": "small"}}
LARGE = {
    "pk": {"S": "a"},
    "sk": {"S": "large"},
    "text": {"S": "x" * 5000},
    "list": {"L": [{"N": "12"}, {"BOOL": True}, {"NULL": True}]},
    "map": {"M": {"inner": {"SS": ["one", "two"]}, "bytes": {"B": b"123"}}},
}
LISTED = {
    **SMALL,
    "sk": {"S": "listed"},
    f"{wire.LAB_ATTENTION_INDEX}_pk": {"S": "LAB#1"},
    f"{wire.LAB_ATTENTION_INDEX}_sk": {"S": "1"},
}


@pytest.fixture(scope="module")
def aws():
    with dynamodb_local() as url, pytest.MonkeyPatch.context() as environment:
        environment.setenv("AWS_ACCESS_KEY_ID", "testing")
        environment.setenv("AWS_SECRET_ACCESS_KEY", "testing")

        def client(session):
            return session.create_client("dynamodb", "eu-central-1", endpoint_url=url)

        metered = Session()
        meter = Meter(client(Session()))
        meter.attach(metered)
        yield meter, client(metered), create_table(client(Session()))


def billed(answer):
    consumed = answer["ConsumedCapacity"]
    return sum(part["CapacityUnits"] for part in (consumed if isinstance(consumed, list) else [consumed]))


TOTAL = {"ReturnConsumedCapacity": "TOTAL"}


@pytest.mark.parametrize("item", [SMALL, LARGE, LISTED], ids=["small", "large", "in an index"])
def test_a_new_item_costs_what_dynamodb_bills(aws, item):
    meter, client, table = aws
    client.delete_item(TableName=table, Key={name: item[name] for name in ("pk", "sk")})
    meter.read_off()
    answer = client.put_item(TableName=table, Item=item, **TOTAL)
    assert meter.read_off().write_units == billed(answer)


def test_an_item_that_moves_in_an_index_costs_what_dynamodb_bills(aws):
    meter, client, table = aws
    client.put_item(TableName=table, Item=LISTED)
    meter.read_off()
    moved = {**LISTED, f"{wire.LAB_ATTENTION_INDEX}_sk": {"S": "2"}}
    answer = client.put_item(TableName=table, Item=moved, **TOTAL)
    assert meter.read_off().write_units == billed(answer)


def test_an_item_that_changes_in_an_index_costs_what_dynamodb_bills(aws):
    meter, client, table = aws
    client.put_item(TableName=table, Item=LISTED)
    meter.read_off()
    answer = client.update_item(
        TableName=table,
        Key={name: LISTED[name] for name in ("pk", "sk")},
        UpdateExpression="SET said = :said",
        ExpressionAttributeValues={":said": {"S": "x" * 1500}},
        **TOTAL,
    )
    assert meter.read_off().write_units == billed(answer)


def test_a_transaction_costs_what_dynamodb_bills(aws):
    meter, client, table = aws
    client.put_item(TableName=table, Item=LARGE)
    meter.read_off()
    check = {"TableName": table, "Key": {name: LARGE[name] for name in ("pk", "sk")}}
    answer = client.transact_write_items(
        TransactItems=[
            {"Put": {"TableName": table, "Item": {**SMALL, "sk": {"S": "new"}}}},
            {"ConditionCheck": {**check, "ConditionExpression": "attribute_exists(pk)"}},
        ],
        **TOTAL,
    )
    assert meter.read_off().write_units == billed(answer)


@pytest.mark.parametrize("is_consistent", [True, False])
def test_reading_costs_what_dynamodb_bills(aws, is_consistent):
    meter, client, table = aws
    for item in (SMALL, LARGE):
        client.put_item(TableName=table, Item=item)
    meter.read_off()
    keys = [{name: item[name] for name in ("pk", "sk")} for item in (SMALL, LARGE)]
    total = 0.0
    for key in [*keys, {"pk": {"S": "a"}, "sk": {"S": "absent"}}]:
        total += billed(client.get_item(TableName=table, Key=key, ConsistentRead=is_consistent, **TOTAL))
    asked = {table: {"Keys": keys, "ConsistentRead": is_consistent}}
    total += billed(client.batch_get_item(RequestItems=asked, **TOTAL))
    total += billed(
        client.query(
            TableName=table,
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": {"S": "a"}},
            ConsistentRead=is_consistent,
            **TOTAL,
        )
    )
    bill = meter.read_off()
    assert bill.read_units == total
    assert bill.calls == {"GetItem": 3, "BatchGetItem": 1, "Query": 1}
