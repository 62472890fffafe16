"""Reports over HTTP: how well rules work, for a lab and for the platform."""

from typing import Annotated, Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler.openapi.params import Query
from bitewing.aws.http import answer, caller, create_api
from bitewing.requirements.case_types import CaseType

from functions.reports_api.schemas import RuleReportView
from functions.reports_api.wiring import reports

app = create_api()
logger = Logger()

From = Annotated[
    str | None, Query(alias="from", description="The first month, as `2025-04`; eleven before the last where absent.")
]
To = Annotated[str | None, Query(alias="to", description="The last month, as `2026-03`; this one where absent.")]
OfType = Annotated[CaseType | None, Query(description="Only cases of this type.")]


@app.get("/v1/labs/<lab_id>/rule-report", tags=["reports"])
def read_rule_report_of_lab(
    lab_id: str, from_month: From = None, to_month: To = None, case_type: OfType = None
) -> RuleReportView:
    """Read how well the rules work for one lab; for its own people and the platform.

    A sending and its coming back belong to the month in which the case was sent, so that each share is of the same
    sendings above and below its line. What a machine stops before the lab has the case, a file that fails its
    inspection after sending, is no coming back: the rule that found it has fired for the next sending, and whether
    the case passes first is said of the first sending that the lab received. What a lab sends to itself, cases that it
    started, is not counted. A lab reads nothing of the rules about the practice itself. Reports follow what happens
    within minutes, and tell of 24 months at most.
    """
    return RuleReportView.of(
        reports.of_lab(caller(app), lab_id, from_month=from_month, to_month=to_month, case_type=case_type)
    )


@app.get("/v1/rule-report", tags=["reports"])
def read_rule_report(from_month: From = None, to_month: To = None, case_type: OfType = None) -> RuleReportView:
    """Read how well the rules work for all labs together; for the platform.

    Everything is counted as in the report of one lab.
    """
    return RuleReportView.of(reports.of_all(caller(app), from_month=from_month, to_month=to_month, case_type=case_type))


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answer one request of API Gateway."""
    return answer(app, event, context, logger)
