"""What functions are asked when they are measured."""

import json
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from bitewing.kernel import wire

#: The environment of every function that is measured: settings of all of them, and what Lambda sets.
SETTINGS: Final[Mapping[str, str]] = {
    "API_ORIGIN": "https://api.bitewing.example",
    "ARRIVALS_BUCKET": "arrivals",
    "AWS_ACCESS_KEY_ID": "measuring",
    "AWS_DEFAULT_REGION": "eu-central-1",
    "AWS_REGION": "eu-central-1",
    "AWS_SECRET_ACCESS_KEY": "measuring",
    "BUS_NAME": "bitewing",
    "CARRIER_SECRET_ARN": "arn:aws:secretsmanager:eu-central-1:000000000000:secret:carriers",
    "CURSOR_SECRET_ARN": "arn:aws:secretsmanager:eu-central-1:000000000000:secret:cursors",
    "DEADLINE_DEAD_LETTERS_ARN": "arn:aws:sqs:eu-central-1:000000000000:deadlines-dead",
    "DEADLINE_GROUP": "bitewing-measured-deadlines",
    "DEADLINE_QUEUE_ARN": "arn:aws:sqs:eu-central-1:000000000000:deadlines-due",
    "DEADLINE_QUEUE_URL": "https://sqs.eu-central-1.amazonaws.com/000000000000/deadlines-due",
    "DEADLINE_ROLE_ARN": "arn:aws:iam::000000000000:role/deadlines",
    "FACT_QUEUE_URL": "https://sqs.eu-central-1.amazonaws.com/000000000000/facts",
    "FILES_BUCKET": "files",
    "GATHERED_SECONDS": "3600",
    "LOG_LEVEL": "INFO",
    "MAIL_CONFIGURATION_SET": "bitewing-measured",
    "MAIL_SENDER": "Bitewing <no-reply@bitewing.example>",
    "MESSAGE_QUEUE_URL": "https://sqs.eu-central-1.amazonaws.com/000000000000/messages-due",
    "MOST_A_DAY": "6",
    "POWERTOOLS_SERVICE_NAME": "measured",
    "PYTHONDONTWRITEBYTECODE": "1",
    "QUARANTINE_BUCKET": "quarantine",
    "STATE_MACHINE_ARN": "arn:aws:states:eu-central-1:000000000000:stateMachine:measured",
    "TABLE_NAME": "table",
    "TEXT_ORIGINATION_NUMBER": "none",
    "UNSUBSCRIBE_SECRET_ARN": "arn:aws:secretsmanager:eu-central-1:000000000000:secret:unsubscribe",
    "USER_POOL_ID": "eu-central-1_measured",
    "USUAL_SECONDS": "300",
    "WEBHOOK_QUEUE_URL": "https://sqs.eu-central-1.amazonaws.com/000000000000/webhooks",
    "WEBHOOK_TARGETS": "public",
    "WEB_ORIGIN": "https://app.bitewing.example",
}


def request(method: str, route: str, *, body: object = None, **parameters: str) -> dict[str, Any]:
    """Give what API Gateway sends for a request of a practice's administrator.

    Args:
        method: The method.
        route: The path as the route says it, with ``{parameters}``.
        body: What is sent as JSON; None sends nothing.
        parameters: Values of the path's parameters.
    """
    path = route.format(**parameters)
    claims = {
        "sub": "00000000-0000-0000-0000-000000000001",
        "token_use": "access",
        wire.ORGANIZATION_ID_CLAIM: "PRACTICE0001",
        wire.ORGANIZATION_KIND_CLAIM: "practice",
        wire.ROLES_CLAIM: "practice_admin",
        "cognito:groups": "[practice_admin]",
    }
    return {
        "version": "2.0",
        "routeKey": f"{method} {route}",
        "rawPath": path,
        "rawQueryString": "",
        "headers": {"content-type": "application/json", "accept": "application/json"},
        "pathParameters": parameters,
        "requestContext": {
            "accountId": "000000000000",
            "apiId": "api",
            "authorizer": {"jwt": {"claims": claims, "scopes": None}},
            "domainName": "api.example",
            "http": {
                "method": method,
                "path": path,
                "protocol": "HTTP/1.1",
                "sourceIp": "192.0.2.1",
                "userAgent": "benchmark",
            },
            "requestId": "request",
            "routeKey": f"{method} {route}",
            "stage": "$default",
            "time": "01/Jan/2026:00:00:00 +0000",
            "timeEpoch": 1767225600000,
        },
        "isBase64Encoded": False,
        **({} if body is None else {"body": json.dumps(body)}),
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstRequest:
    """What a function is asked first when its start is measured, and what it must answer.

    Attributes:
        sample: Name of the sample event, in ``events/samples/<function>``.
        asks: What that is, in a few words.
        answers: What the answer must hold at least.
        body_lists: What the body of an answer over HTTP must have and not leave empty.
    """

    sample: str
    asks: str
    answers: Mapping[str, Any]
    body_lists: str | None = None

    def is_answered_by(self, answer: Any) -> bool:
        """Whether this is the answer of a function that did what it was asked."""
        if not isinstance(answer, Mapping) or any(answer.get(name) != told for name, told in self.answers.items()):
            return False
        return self.body_lists is None or bool(json.loads(answer["body"]).get(self.body_lists))


_ALL_CONSUMED: Final[Mapping[str, Any]] = {"batchItemFailures": []}
_TOKEN_CLAIMS: Final = {
    wire.ORGANIZATION_ID_CLAIM: "maple-street",
    wire.ORGANIZATION_KIND_CLAIM: "practice",
    wire.ROLES_CLAIM: ["practice_admin", "practice_staff"],
}
#: One accepted sample of each function.
FIRST_REQUESTS: Final[Mapping[str, FirstRequest]] = {
    "access_token": FirstRequest(
        sample="person_of_a_practice",
        asks="claims of a token",
        answers={
            "response": {
                "claimsAndScopeOverrideDetails": {"accessTokenGeneration": {"claimsToAddOrOverride": _TOKEN_CLAIMS}}
            }
        },
    ),
    "case_review_api": FirstRequest(
        sample="lists_returns",
        asks="GET /v1/cases/{id}/returns",
        answers={"statusCode": 200},
        body_lists="returns",
    ),
    "case_submission": FirstRequest(sample="files_are_ready", asks="step check_files", answers={"readiness": "ready"}),
    "case_submission_start": FirstRequest(sample="case_submitted", asks="one message", answers=_ALL_CONSUMED),
    "cases_api": FirstRequest(
        sample="lists_cases", asks="GET /v1/cases", answers={"statusCode": 200}, body_lists="cases"
    ),
    "correction_api": FirstRequest(
        sample="reads_what_is_asked", asks="GET /v1/correction", answers={"statusCode": 200}, body_lists="points"
    ),
    "directory_api": FirstRequest(
        sample="reads_who_calls", asks="GET /v1/me", answers={"statusCode": 200}, body_lists="organization"
    ),
    "event_relay": FirstRequest(sample="case_submitted", asks="two event items", answers={"relayed": 2}),
    "file_inspector": FirstRequest(
        sample="file_arrived", asks="a small mesh", answers={"verdict": "clean", "reason": None}
    ),
    "file_intake": FirstRequest(sample="checks_the_case_again", asks="step check_case", answers={"outcome": "BLOCK"}),
    "file_intake_start": FirstRequest(sample="object_arrived", asks="one message", answers=_ALL_CONSUMED),
    "files_api": FirstRequest(
        sample="lists_files", asks="GET /v1/cases/{id}/files", answers={"statusCode": 200}, body_lists="files"
    ),
    "lab_cases_api": FirstRequest(
        sample="lists_links",
        asks="GET /v1/cases/{id}/correction-links",
        answers={"statusCode": 200},
        body_lists="links",
    ),
    "lab_system_api": FirstRequest(
        sample="lists_cases", asks="the cases of a lab's own software", answers={"statusCode": 200}, body_lists="cases"
    ),
    "notifier": FirstRequest(sample="rx_issued", asks="one message", answers=_ALL_CONSUMED),
    "message_sender": FirstRequest(sample="a_message_that_was_sent", asks="one message", answers=_ALL_CONSUMED),
    "members_api": FirstRequest(
        sample="lists_people", asks="GET /v1/members", answers={"statusCode": 200}, body_lists="members"
    ),
    "care_teams_api": FirstRequest(
        sample="lists_clinicians", asks="GET /v1/clinicians", answers={"statusCode": 200}, body_lists="clinicians"
    ),
    "planning_api": FirstRequest(
        sample="lists_its_next_sessions",
        asks="GET /v1/planning-sessions",
        answers={"statusCode": 200},
        body_lists="sessions",
    ),
    "practice_api": FirstRequest(
        sample="lists_dentists", asks="GET /v1/dentists", answers={"statusCode": 200}, body_lists="dentists"
    ),
    "case_day_matching": FirstRequest(
        sample="finds_what_is_approved", asks="step approved", answers={"outcome": "waiting"}
    ),
    "case_day_matching_start": FirstRequest(sample="run_started", asks="one message", answers=_ALL_CONSUMED),
    "case_day_matching_resume": FirstRequest(sample="days_decided", asks="one message", answers=_ALL_CONSUMED),
    "profile_recheck": FirstRequest(sample="finds_open_cases", asks="step page", answers={"part": "draft"}),
    "profile_recheck_start": FirstRequest(sample="profile_published", asks="one message", answers=_ALL_CONSUMED),
    "progress_api": FirstRequest(
        sample="begins_to_make_a_case",
        asks="a move to manufacturing",
        answers={"statusCode": 200},
        body_lists="allowed_moves",
    ),
    "reports_api": FirstRequest(
        sample="lab_reads_its_report", asks="a lab's rule report", answers={"statusCode": 200}, body_lists="total"
    ),
    "requirements_api": FirstRequest(
        sample="reads_a_profile", asks="one profile", answers={"statusCode": 200}, body_lists="files"
    ),
    "case_counts": FirstRequest(sample="case_moved", asks="one message", answers=_ALL_CONSUMED),
    "case_day_recheck": FirstRequest(sample="case_moved", asks="one message", answers=_ALL_CONSUMED),
    "case_day_solver": FirstRequest(sample="loads_a_period", asks="step load", answers={"outcome": "ready"}),
    "home_api": FirstRequest(
        sample="reads_home", asks="GET /v1/me/home", answers={"statusCode": 200}, body_lists="attention"
    ),
    "inbox_api": FirstRequest(
        sample="lists_inbox", asks="GET /v1/inbox", answers={"statusCode": 200}, body_lists="entries"
    ),
    "notifications_api": FirstRequest(
        sample="lists_rules", asks="GET /v1/notification-rules", answers={"statusCode": 200}, body_lists="rules"
    ),
    "scheduling_api": FirstRequest(
        sample="lists_requests", asks="GET /v1/case-day-requests", answers={"statusCode": 200}, body_lists="requests"
    ),
    "match_runs_api": FirstRequest(
        sample="lists_proposed_days", asks="days of a proposal", answers={"statusCode": 200}, body_lists="days"
    ),
    "case_days_api": FirstRequest(
        sample="lists_days", asks="GET /v1/case-days", answers={"statusCode": 200}, body_lists="case_days"
    ),
    "day_teams_api": FirstRequest(
        sample="asks_who_is_asked_already",
        asks="PUT /v1/case-days/{id}/team/{role}",
        answers={"statusCode": 200},
        body_lists="team",
    ),
    "day_patients_api": FirstRequest(
        sample="lists_patients", asks="a day's patients", answers={"statusCode": 200}, body_lists="patients"
    ),
    "schedules_api": FirstRequest(
        sample="reads_a_schedule", asks="GET /v1/schedules", answers={"statusCode": 200}, body_lists="rows"
    ),
    "calendar_feed_api": FirstRequest(
        sample="reads_a_calendar", asks="GET /v1/calendar/{token}", answers={"statusCode": 200}
    ),
    "delivery_reports": FirstRequest(sample="a_mail_bounced", asks="one message", answers=_ALL_CONSUMED),
    "text_replies": FirstRequest(sample="a_number_that_nobody_knows", asks="one message", answers=_ALL_CONSUMED),
    "unsubscribe_api": FirstRequest(
        sample="shows_a_wrong_signature", asks="a wrong signature", answers={"statusCode": 404}
    ),
    "shipping_api": FirstRequest(
        sample="lists_shipments", asks="a case's parcels", answers={"statusCode": 200}, body_lists="shipments"
    ),
    "carrier_api": FirstRequest(
        sample="tells_with_a_wrong_signature", asks="a wrong signature", answers={"statusCode": 401}
    ),
    "rx_api": FirstRequest(
        sample="lists_versions", asks="GET /v1/cases/{id}/rx", answers={"statusCode": 200}, body_lists="versions"
    ),
    "rx_writer": FirstRequest(sample="writes_the_rx", asks="a crown's RX", answers={"rx_number": 1, "pages": 1}),
    "rule_counts": FirstRequest(sample="case_submitted", asks="one message", answers=_ALL_CONSUMED),
    "deadline_setter": FirstRequest(sample="case_day_changed", asks="one message", answers=_ALL_CONSUMED),
    "deadline_worker": FirstRequest(sample="an_answer_is_due", asks="one message", answers=_ALL_CONSUMED),
    "reminders": FirstRequest(sample="a_shard_is_swept", asks="one message", answers=_ALL_CONSUMED),
    "webhook_delivery": FirstRequest(sample="a_try_that_was_made", asks="one message", answers=_ALL_CONSUMED),
    "webhook_fanout": FirstRequest(sample="case_moved", asks="one message", answers=_ALL_CONSUMED),
    "webhooks_api": FirstRequest(
        sample="lists_webhooks", asks="GET /v1/webhooks", answers={"statusCode": 200}, body_lists="webhooks"
    ),
    "scanner_api": FirstRequest(
        sample="announces_a_scan", asks="an upload of a scanner", answers={"statusCode": 201}, body_lists="upload"
    ),
}
#: Of what stands beside the functions: it reads one case by its key.
ONE_CASE: Final = FirstRequest(sample="reads_a_case", asks="one case", answers={"statusCode": 200})


@contextmanager
def written(events: Iterable[Mapping[str, Any]]) -> Iterator[list[Path]]:
    """Write events into files that exist as long as the context lasts, in the same order."""
    with tempfile.TemporaryDirectory() as directory:
        files = []
        for number, event in enumerate(events):
            file = Path(directory, f"{number}.json")
            file.write_text(json.dumps(event), encoding="utf-8")
            files.append(file)
        yield files
