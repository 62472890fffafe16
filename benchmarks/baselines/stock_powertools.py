"""What Powertools' own examples do: its resolver with validation, its logger, boto3."""

from typing import Any

import boto3
from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver
from aws_lambda_powertools.utilities.typing import LambdaContext
from pydantic import BaseModel, Field

logger = Logger(service="cases")
app = APIGatewayHttpResolver(enable_validation=True)
client = boto3.client("dynamodb")


class NewCase(BaseModel):
    """A body."""

    patient: str = Field(min_length=1, max_length=100)
    teeth: list[str] = []


class CaseView(BaseModel):
    """An answer."""

    case_id: str
    patient: str


@app.get("/v1/cases/<case_id>")
def get_case(case_id: str) -> CaseView:
    """Read one case."""
    key = {"pk": {"S": f"CASE#{case_id}"}, "sk": {"S": "CASE"}}
    item = client.get_item(TableName="table", Key=key).get("Item", {})
    return CaseView(case_id=case_id, patient=str(item))


@app.post("/v1/cases")
def create_case(body: NewCase) -> CaseView:
    """Take a case."""
    return CaseView(case_id="new", patient=body.patient)


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer."""
    return app.resolve(event, context)
