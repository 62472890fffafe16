"""The same API as a web application: FastAPI behind Mangum, boto3."""

import boto3
from fastapi import FastAPI
from mangum import Mangum
from pydantic import BaseModel, Field

app = FastAPI()
client = boto3.client("dynamodb")


class NewCase(BaseModel):
    """A body."""

    patient: str = Field(min_length=1, max_length=100)
    teeth: list[str] = []


class CaseView(BaseModel):
    """An answer."""

    case_id: str
    patient: str


@app.get("/v1/cases/{case_id}")
def get_case(case_id: str) -> CaseView:
    """Read one case."""
    key = {"pk": {"S": f"CASE#{case_id}"}, "sk": {"S": "CASE"}}
    item = client.get_item(TableName="table", Key=key).get("Item", {})
    return CaseView(case_id=case_id, patient=str(item))


@app.post("/v1/cases")
def create_case(body: NewCase) -> CaseView:
    """Take a case."""
    return CaseView(case_id="new", patient=body.patient)


handler = Mangum(app, lifespan="off")
