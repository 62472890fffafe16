"""What is made faster in moto is still what AWS does."""

from http.client import HTTPSConnection
from urllib.parse import urlsplit

import boto3
import pytest
from bitewing.aws.items import from_item, to_item
from bitewing.kernel.wire import LIST_INDEXES, PRACTICE_ATTENTION_INDEX
from botocore.exceptions import ClientError

from tests.support.tables import create_table
from tools.played_aws import played_aws

REGION = "us-east-1"


@pytest.fixture
def table(monkeypatch):
    """Gives a client, and the name of a table with three items."""
    for name in ("ACCESS_KEY_ID", "SECRET_ACCESS_KEY"):
        monkeypatch.setenv(f"AWS_{name}", "testing")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with played_aws():
        client = boto3.client("dynamodb", region_name=REGION)
        name = create_table(client)
        for sk in ("changed", "removed", "replaced"):
            client.put_item(TableName=name, Item=to_item({"pk": "P", "sk": sk, "n": 1, "of": {"list": [1, {"a": 1}]}}))
        yield client, name


def items(client, name):
    found = [from_item(item) for item in client.scan(TableName=name)["Items"]]
    return sorted(found, key=lambda item: (item["pk"], item["sk"]))


def key(sk):
    return to_item({"pk": "P", "sk": sk})


def writes(name, *, condition):
    of_table = {"TableName": name}
    return [
        {
            "Update": of_table
            | {
                "Key": key("changed"),
                "UpdateExpression": "SET #of.#list[1].a = :two, n = n + :two",
                "ExpressionAttributeNames": {"#of": "of", "#list": "list"},
                "ExpressionAttributeValues": {":two": {"N": "2"}},
            }
        },
        {
            "Update": of_table
            | {
                "Key": key("begun"),
                "UpdateExpression": "SET n = :two",
                "ExpressionAttributeValues": {":two": {"N": "2"}},
            }
        },
        {"Delete": of_table | {"Key": key("removed")}},
        {"Put": of_table | {"Item": key("replaced")}},
        {"Put": of_table | {"Item": to_item({"pk": "Q", "sk": "new"})}},
        {"ConditionCheck": of_table | {"Key": key("nothing"), "ConditionExpression": condition}},
    ]


def test_a_transaction_that_is_refused_at_its_last_item_changes_nothing(table):
    client, name = table
    before = items(client, name)
    with pytest.raises(client.exceptions.TransactionCanceledException):
        client.transact_write_items(TransactItems=writes(name, condition="attribute_exists(pk)"))
    assert items(client, name) == before
    # What it took back is changed by the next one as if it had not been.
    client.transact_write_items(TransactItems=writes(name, condition="attribute_not_exists(pk)"))
    assert items(client, name) == [
        {"pk": "P", "sk": "begun", "n": 2},
        {"pk": "P", "sk": "changed", "n": 3, "of": {"list": [1, {"a": 2}]}},
        {"pk": "P", "sk": "replaced"},
        {"pk": "Q", "sk": "new"},
    ]


def test_a_request_to_a_service_that_nobody_uses_is_refused_and_never_sent(table):
    with pytest.raises(ClientError) as refused:
        boto3.client("kinesis", region_name=REGION).list_streams()
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 404


def test_a_signed_address_is_refused_at_once_over_the_plain_client(table):
    client = boto3.client("s3", region_name=REGION)
    address = urlsplit(client.generate_presigned_url("get_object", Params={"Bucket": "b", "Key": "k"}))
    connection = HTTPSConnection(address.hostname, timeout=5)
    with pytest.raises(ConnectionRefusedError, match=r"amazonaws\.com is not asked"):
        connection.request("GET", f"{address.path}?{address.query}")


def test_values_of_every_type_come_back_as_they_were_stored(table):
    client, name = table
    item = key("typed") | {
        "text": {"S": ""},
        "number": {"N": "1.50"},
        "bytes": {"B": b"\x00\xff"},
        "texts": {"SS": ["a", "b"]},
        "numbers": {"NS": ["1", "2"]},
        "many bytes": {"BS": [b"\x01", b"\x02"]},
        "map": {"M": {"none": {"NULL": True}, "empty": {"M": {}}, "S": {"S": "a name like that of a type"}}},
        "list": {"L": [{"BOOL": False}, {"L": []}, {"M": {"deep": {"L": [{"N": "7"}]}}}]},
    }
    client.put_item(TableName=name, Item=item)
    assert client.get_item(TableName=name, Key=key("typed"))["Item"] == item
    of_partition = {"KeyConditionExpression": "pk = :pk", "ExpressionAttributeValues": {":pk": {"S": "P"}}}
    assert item in client.query(TableName=name, **of_partition)["Items"]


def test_an_index_that_has_some_attributes_answers_with_them_whole_and_with_no_others(table):
    client, name = table
    index = PRACTICE_ATTENTION_INDEX
    assert index in LIST_INDEXES
    listed = {"pk": "L", "sk": "1", f"{index}_pk": "I", f"{index}_sk": "x", "row": {"n": 1, "of": [{"a": None}]}}
    for sk, more in (("1", {"other": "not of a list"}), ("2", {})):
        client.put_item(TableName=name, Item=to_item(listed | {"sk": sk, **more}))
    of_index = {"KeyConditionExpression": f"{index}_pk = :i", "ExpressionAttributeValues": {":i": {"S": "I"}}}
    found = client.query(TableName=name, IndexName=index, **of_index)["Items"]
    assert [from_item(item) for item in found] == [listed, listed | {"sk": "2"}]
    # What is asked for of an item, whole or in part, is so too.
    for path, names, given in (
        ("#row, sk", {"#row": "row"}, {"row": listed["row"], "sk": "1"}),
        ("#row.#of", {"#row": "row", "#of": "of"}, {"row": {"of": [{"a": None}]}}),
    ):
        asked = {"Key": to_item({"pk": "L", "sk": "1"}), "ExpressionAttributeNames": names}
        item = client.get_item(TableName=name, ProjectionExpression=path, **asked)["Item"]
        assert from_item(item) == given


def test_an_item_that_is_changed_after_it_was_read_is_measured_anew(table):
    client, name = table
    of_partition = {"KeyConditionExpression": "pk = :pk", "ExpressionAttributeValues": {":pk": {"S": "P"}}}
    assert len(client.query(TableName=name, **of_partition)["Items"]) == 3
    # An answer has at most a megabyte: three items of 400 kilobytes do not fit.
    for sk in ("changed", "removed", "replaced"):
        text = {":text": {"S": "x" * 390_000}}
        client.update_item(
            TableName=name, Key=key(sk), UpdateExpression="SET said = :text", ExpressionAttributeValues=text
        )
    answer = client.query(TableName=name, **of_partition)
    assert [item["sk"]["S"] for item in answer["Items"]] == ["changed", "removed"]
    assert answer["LastEvaluatedKey"] == key("removed")
