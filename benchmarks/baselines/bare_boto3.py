"""What most functions start from: boto3 and a function."""

import json
from typing import Any

import boto3

client = boto3.client("dynamodb")


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:  # noqa: ARG001 (Lambda's signature)
    """Read one case."""
    key = {"pk": {"S": f"CASE#{event['pathParameters']['case_id']}"}, "sk": {"S": "CASE"}}
    item = client.get_item(TableName="table", Key=key).get("Item", {})
    return {"statusCode": 200, "body": json.dumps(item)}
