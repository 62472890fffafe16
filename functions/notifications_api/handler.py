"""Who hears of what, in which words, and what became of messages, over HTTP."""

import json
from typing import Annotated, Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Query
from bitewing.aws.http import (
    IdempotencyKey,
    IfMatch,
    answer,
    caller,
    create_api,
    request_in,
    version_in,
    versioned,
    with_query,
)
from bitewing.kernel.caller import Caller
from bitewing.kernel.errors import Unknown
from bitewing.notifications.owner import owner_of
from bitewing.notifications.rule import Channel
from bitewing.notifications.rules_service import SeenRule
from bitewing.notifications.templates_service import SeenTemplate

from functions.notifications_api.schemas import (
    AskedLog,
    DryRunBody,
    LoggedMessageView,
    LogView,
    MarksView,
    MarkView,
    NewRuleBody,
    OfKind,
    OfOrganization,
    PreviewBody,
    PreviewView,
    RemovedRuleView,
    RuleChangesBody,
    RulesView,
    RuleView,
    TemplateBody,
    TemplatesView,
    TemplateView,
    WouldHappenView,
    organization_in,
)
from functions.notifications_api.wiring import cursors, deliveries, dry_runs, rules, templates

app = create_api()
logger = Logger()

InLanguage = Annotated[str | None, Query(max_length=8, description="Only in this language: `en` or `es`.")]


@app.get("/v1/notification-rules", tags=["notifications"])
def list_notification_rules() -> RulesView:
    """List who hears of what, as it counts for the reader, and facts that no rule tells.

    For administrators of the platform and managers. What the platform changes counts for everybody; what a care team
    changes is laid over that, for facts that name the care team.
    """
    who = caller(app)
    return RulesView.of(rules.all(who), owner_of(who))


@app.post("/v1/notification-rules", tags=["notifications"], status_code=201)
def add_notification_rule(body: NewRuleBody, idempotency_key: IdempotencyKey = None) -> Response[RuleView]:
    """Add a rule. Managers add those of facts that name their care team."""
    who = caller(app)
    added = rules.add(who, body.read(), request_in(app, who, idempotency_key))
    return _rule(added, who, 201, Location=f"/v1/notification-rules/{added.in_effect.rule.rule_id}")


@app.post("/v1/notification-rules/dry-run", tags=["notifications"])
def dry_run_notification_rules(body: DryRunBody) -> WouldHappenView:
    """Say who would hear of a fact, by which channels and when, also by rules that are not stored.

    Nobody is told anything. A manager asks of facts of their own care team, and sees people of other organizations
    only by their roles and how many they are.
    """
    return WouldHappenView.of(dry_runs.run(caller(app), body.read()))


@app.get("/v1/notification-rules/<rule_id>", tags=["notifications"])
def read_notification_rule(rule_id: str) -> Response[RuleView]:
    """Read a rule as it counts for the reader."""
    who = caller(app)
    return _rule(rules.read(who, rule_id), who)


@app.patch("/v1/notification-rules/<rule_id>", tags=["notifications"])
def change_notification_rule(rule_id: str, body: RuleChangesBody, if_match: IfMatch = None) -> Response[RuleView]:
    """Change or disable a rule, also one of the default set; what is not named stays.

    It counts half a minute later, and another lead within a day.
    """
    who, version = caller(app), version_in(if_match)
    return _rule(rules.change(who, rule_id, body.read(), expected_version=version), who)


@app.delete("/v1/notification-rules/<rule_id>", tags=["notifications"])
def remove_notification_rule(rule_id: str, if_match: IfMatch = None) -> RemovedRuleView:
    """Take back what one's organization changed of a rule, or a rule that it added, and answer what counts then."""
    who, version = caller(app), version_in(if_match)
    left = rules.remove(who, rule_id, expected_version=version)
    return RemovedRuleView(rule=RuleView.of_seen(left, owner_of(who)) if left else None)


@app.get("/v1/notification-templates", tags=["notifications"])
def list_notification_templates(language: InLanguage = None) -> TemplatesView:
    """List the words of all notifications as they count for the reader.

    For administrators of the platform and managers.
    """
    who = caller(app)
    found = templates.all(who, language=language)
    return TemplatesView(templates=[TemplateView.of(each, owner_of(who)) for each in found])


@app.get("/v1/notification-templates/<language>/<name>", tags=["notifications"])
def read_notification_template(language: str, name: str) -> Response[TemplateView]:
    """Read the words of a notification in a language."""
    who = caller(app)
    return _template(templates.read(who, language, name), who)


@app.put("/v1/notification-templates/<language>/<name>", tags=["notifications"])
def replace_notification_template(
    language: str, name: str, body: TemplateBody, if_match: IfMatch = None
) -> Response[TemplateView]:
    """Let a notification say something else. Managers change what is said of Case Days, requests and periods.

    A field that there is not is refused where it stands, as is a text message that long names make too long.
    """
    who, version = caller(app), version_in(if_match)
    return _template(templates.replace(who, language, name, body.read(), expected_version=version), who)


@app.delete("/v1/notification-templates/<language>/<name>", tags=["notifications"])
def remove_notification_template(language: str, name: str, if_match: IfMatch = None) -> Response[TemplateView]:
    """Take back what one's organization made of the words, and answer those that count then. Twice is once."""
    who, version = caller(app), version_in(if_match)
    return _template(templates.remove(who, language, name, expected_version=version), who)


@app.post("/v1/notification-templates/<language>/<name>/preview", tags=["notifications"])
def preview_notification_template(language: str, name: str, body: PreviewBody) -> PreviewView:
    """Show words with samples, which have long names: those that count, the default ones, or some that are sent."""
    return PreviewView.of(templates.preview(caller(app), language, name, body.read()))


@app.get("/v1/notification-log", tags=["notifications"])
@with_query
def list_notification_log(asked: AskedLog) -> LogView:
    """List what became of mails and text messages to one's organization, the newest first; for its administrators."""
    who, wanted = caller(app), asked.wanted()
    organization = organization_in(asked.organization_kind, asked.organization_id)
    query = json.dumps(["notification-log", repr(wanted), repr(organization)])
    start = cursors.read(asked.cursor, who, query)
    page = deliveries.log(who, organization, wanted, limit=asked.limit, start=start)
    views = [LoggedMessageView.of(each) for each in page.things]
    return LogView(messages=views, next=cursors.write(page.next, who, query))


@app.get("/v1/unreachable", tags=["notifications"])
def list_unreachable(organization_kind: OfKind = None, organization_id: OfOrganization = None) -> MarksView:
    """List addresses and numbers that are not used any more, and why: one's own; administrators see everybody's."""
    found = deliveries.unreachable(caller(app), organization_in(organization_kind, organization_id))
    return MarksView(unreachable=[MarkView.of(each) for each in found])


@app.delete("/v1/unreachable/<reader_id>/<channel>", tags=["notifications"])
def use_address_again(
    reader_id: str, channel: str, organization_kind: OfKind = None, organization_id: OfOrganization = None
) -> MarkView:
    """Let an address or a number be used again, and answer why it was not.

    Who does not want to be written to changes that themselves: administrators cannot.
    """
    organization = organization_in(organization_kind, organization_id)
    return MarkView.of(deliveries.use_again(caller(app), organization, reader_id, _channel(channel)))


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answer one request of API Gateway."""
    return answer(app, event, context, logger)


def _rule(seen: SeenRule, who: Caller, status_code: int = 200, **headers: str) -> Response[RuleView]:
    view = RuleView.of_seen(seen, owner_of(who))
    return versioned(view, seen.version, status_code=status_code, **headers)


def _template(seen: SeenTemplate, who: Caller) -> Response[TemplateView]:
    return versioned(TemplateView.of(seen, owner_of(who)), seen.version)


def _channel(named: str) -> Channel:
    if named not in set(Channel):
        raise Unknown("mark")
    return Channel(named)
