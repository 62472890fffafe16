import inspect
import json
from datetime import UTC, datetime

import pytest
from bitewing.aws.http import REFUSALS, problem
from bitewing.kernel import errors
from bitewing.kernel.errors import BitewingError, FieldError

NINE = datetime(2026, 3, 16, 9, tzinfo=UTC)
#: One of each class, as the code raises it.
EXAMPLES = [
    errors.MalformedBody("The body is not JSON in UTF-8."),
    errors.MalformedHeader("If-Match must be an ETag."),
    errors.InvalidCursor(),
    errors.IdempotencyKeyMissing(),
    errors.Unauthenticated("This token does not say for which organization you work."),
    errors.RoleNotAllowed(["b", "a"]),
    errors.OnlyThemselves(),
    errors.ScopeMissing("cases:write"),
    errors.Unknown("case"),
    errors.StaleVersion(expected=1, actual=2),
    errors.MoveNotAllowed(status="received", to="draft", allowed=["b", "a"]),
    errors.MoveNotAllowed(status="received", to="draft", allowed=[]),
    errors.ConnectionMoveNotAllowed(state="asked", to="accepted", allowed=["b", "a"]),
    errors.ConnectionMoveNotAllowed(state="declined", to="accepted", allowed=[]),
    errors.PacketLocked(status="received", contact="the lab"),
    errors.TooManyFiles(limit=500),
    errors.TooManyFiles(limit=2_000, with_gone=True),
    errors.TooManyScanners(limit=100),
    errors.TooManyLabSystems(limit=10),
    errors.UploadNotOpen(state="clean"),
    errors.UploadIncomplete("Storage cannot put the parts together."),
    errors.FileNotReady(state="removed"),
    errors.LabClosed(contact="the lab"),
    errors.PrecheckBlocked([{"rule_id": "FIL-REQUIRED"}]),
    errors.WarningsNotAcknowledged([{"rule_id": "SHD-MISSING"}]),
    errors.EmailTaken(),
    errors.LastAdmin(),
    errors.OrganizationHasAdmin(),
    errors.InvitationExpired(),
    errors.InvitationNotOpen(state="active"),
    errors.ClinicianExists(),
    errors.TooManyLinks(limit=10),
    errors.LinkNotPossible("This case waits for nobody."),
    errors.BlockNotOffered("This block is over.", reason="past", next_free=NINE),
    errors.BlockNotOffered("This lab does not plan.", reason="not_offered", next_free=None),
    errors.BlockTaken(next_free=NINE),
    errors.BlockTaken(next_free=None),
    errors.ContactLab(contact="the lab"),
    errors.SessionNotOpen(state="held"),
    errors.SessionNotBegun(starts_at=NINE),
    errors.ShipmentNotPossible(status="received"),
    errors.TooManyShipments(limit=20),
    errors.ShipmentArrived(),
    errors.TooManyAnnouncements(limit=10),
    errors.TooManyRules(limit=200),
    errors.PeriodMoveNotAllowed(status="collecting", to="published", allowed=["b", "a"]),
    errors.PeriodMoveNotAllowed(status="closed", to="published", allowed=[]),
    errors.PeriodMoveNotAllowed(status="reviewing", to="matching", allowed=["collecting"], made_by="match-runs"),
    errors.PeriodNotOpen(what="requests"),
    errors.DeadlinePassed(due_at=NINE),
    errors.RequestMoveNotAllowed(status="requested", to="confirmed", allowed=["b", "a"]),
    errors.RequestMoveNotAllowed(status="withdrawn", to="requested", allowed=[]),
    errors.RequestNotOpen(status="proposed"),
    errors.DayMoveNotAllowed(status="confirmed", to="rejected", allowed=["b", "a"]),
    errors.DayMoveNotAllowed(status="rejected", to="confirmed", allowed=[]),
    errors.CaseDayClosed(status="completed", begins_at=NINE),
    errors.DayNotBegun(begins_at=NINE),
    errors.CaseDayNotConfirmed(status="tentative"),
    errors.TooManyPatients(limit=40),
    errors.TooManyFeeds(limit=10),
    errors.DateTaken(on=NINE.date()),
    errors.HardRulesBroken([{"rule": "license", "detail": "No license.", "can_be_overridden": False}]),
    errors.TeamNotReady(["nurse", "medic_answer"]),
    errors.QuestionOutdated(asked_at=NINE),
    errors.MatchRunNotOpen(status="done"),
    errors.MatchRunNotOpen(status="solving", says="it has no proposal yet"),
    errors.MatchRunUnderWay(run_id="run-1", status="solving"),
    errors.ChangesRefused({"on": "This date is over."}),
    errors.TooManyWebhooks(limit=10),
    errors.WebhookNotActive(state="paused"),
    errors.RequestInProgress(),
    errors.VersionMissing(),
    errors.BodyTooLarge(size_bytes=3, max_bytes=2),
    errors.UnsupportedContentType(),
    errors.InvalidInput(FieldError("/a", "A is wrong."), FieldError("/b", "B is wrong.")),
    errors.IdempotencyKeyReused(),
]
#: Classes that only group others.
GROUPS = {BitewingError, errors.Malformed, errors.NotAllowed, errors.Conflict}
STATUSES = {
    "malformed_body": 400,
    "malformed_header": 400,
    "invalid_cursor": 400,
    "idempotency_key_missing": 400,
    "unauthenticated": 401,
    "role_not_allowed": 403,
    "not_found": 404,
    "stale_version": 412,
    "move_not_allowed": 409,
    "connection_move_not_allowed": 409,
    "packet_locked": 409,
    "too_many_files": 409,
    "too_many_scanners": 409,
    "upload_not_open": 409,
    "upload_incomplete": 409,
    "file_not_ready": 409,
    "lab_closed": 409,
    "precheck_blocked": 409,
    "warnings_not_acknowledged": 409,
    "only_themselves": 403,
    "scope_missing": 403,
    "too_many_lab_systems": 409,
    "email_taken": 409,
    "last_admin": 409,
    "organization_has_admin": 409,
    "invitation_expired": 409,
    "invitation_not_open": 409,
    "clinician_exists": 409,
    "too_many_links": 409,
    "link_not_possible": 409,
    "block_not_offered": 409,
    "block_taken": 409,
    "contact_lab": 409,
    "session_not_open": 409,
    "session_not_begun": 409,
    "shipment_not_possible": 409,
    "too_many_shipments": 409,
    "shipment_arrived": 409,
    "too_many_announcements": 409,
    "too_many_rules": 409,
    "period_move_not_allowed": 409,
    "period_not_open": 409,
    "deadline_passed": 409,
    "request_move_not_allowed": 409,
    "request_not_open": 409,
    "match_run_not_open": 409,
    "match_run_under_way": 409,
    "day_move_not_allowed": 409,
    "case_day_closed": 409,
    "day_not_begun": 409,
    "case_day_not_confirmed": 409,
    "too_many_patients": 409,
    "too_many_feeds": 409,
    "date_taken": 409,
    "hard_rules_broken": 409,
    "team_not_ready": 409,
    "question_outdated": 409,
    "changes_refused": 409,
    "too_many_webhooks": 409,
    "webhook_not_active": 409,
    "request_in_progress": 409,
    "version_missing": 428,
    "body_too_large": 413,
    "unsupported_content_type": 415,
    "invalid_input": 422,
    "idempotency_key_reused": 422,
}


def tree(kind):
    """The classes below one, each with its subclasses, as they stand in the module."""
    return {each.__name__: tree(each) for each in kind.__subclasses__()}


def drawn():
    """The tree that the module's docstring draws."""
    root: dict = {}
    path = [root]
    for line in inspect.getdoc(errors).splitlines():
        if "── " not in line:
            continue
        before, _, rest = line.partition("── ")
        depth = len(before) // 4 - 1
        path = path[: depth + 1]
        node: dict = {}
        path[depth][rest.split()[0]] = node
        path.append(node)
    return root


def classes():
    return [each for each in vars(errors).values() if inspect.isclass(each) and issubclass(each, BitewingError)]


def test_the_tree_of_the_docstring_is_the_tree_of_the_classes():
    assert drawn() == tree(BitewingError)


def test_every_error_is_in_the_examples_of_this_test():
    assert {type(error) for error in EXAMPLES} == set(classes()) - GROUPS


def test_every_error_has_a_code_of_its_own():
    codes = [each.code for each in classes()]
    assert len(set(codes)) == len(codes)
    assert all(each.code == each.__dict__["code"] for each in classes())


def test_codes_and_statuses_are_those_that_programs_rely_on():
    told = {each.code: problem(each, instance="/v1/x", request_id="r")["status"] for each in EXAMPLES}
    assert told == STATUSES


@pytest.mark.parametrize("error", EXAMPLES, ids=lambda error: type(error).__name__)
def test_every_error_is_a_sentence_with_facts_that_are_json(error):
    assert not str(error)[0].islower()
    assert str(error).endswith(".")
    assert json.loads(json.dumps(error.facts())) == error.facts()


@pytest.mark.parametrize("error", EXAMPLES, ids=lambda error: type(error).__name__)
def test_every_error_is_told_as_a_problem(error):
    told = problem(error, instance="/v1/cases", request_id="request-1")
    assert {"type", "title", "status", "detail", "instance", "code", "request_id"} <= set(told)
    assert told["type"] == f"urn:bitewing:problem:{error.code}"
    assert (told["detail"], told["instance"], told["request_id"]) == (str(error), "/v1/cases", "request-1")
    assert error.facts().items() <= told.items()
    assert ("errors" in told) == isinstance(error, errors.InvalidInput)


def test_the_table_of_refusals_names_the_special_before_the_general():
    for number, (kind, _, _) in enumerate(REFUSALS):
        assert not any(issubclass(kind, earlier) for earlier, _, _ in REFUSALS[:number])


def test_several_wrong_values_are_told_with_their_places():
    told = problem(EXAMPLES[-2], instance="", request_id="")
    assert told["errors"] == [{"pointer": "/a", "says": "A is wrong."}, {"pointer": "/b", "says": "B is wrong."}]
