"""The API's description: as committed, valid, whole, and with examples that are true."""

import json
import re
from collections.abc import Iterator
from inspect import getdoc

import pytest
from bitewing.aws.http import REFUSALS
from bitewing.care_teams.clinicians import ClinicianService
from bitewing.care_teams.service import CarePreferenceService, CareTeamService
from bitewing.care_teams.sites import SiteService
from bitewing.case_days.changes_service import ChangesService
from bitewing.case_days.creation_service import CreationService
from bitewing.case_days.day_service import DayService
from bitewing.case_days.feed_service import FeedService
from bitewing.case_days.joint_service import JointService
from bitewing.case_days.patients_service import PatientService
from bitewing.case_days.schedule_service import ScheduleService
from bitewing.case_days.team_service import TeamService
from bitewing.cases.correction_links import LinkService
from bitewing.cases.correction_service import CorrectionService
from bitewing.cases.lists import ListService
from bitewing.cases.progress import ProgressService
from bitewing.cases.review import ReviewService
from bitewing.cases.service import CaseService
from bitewing.cases.shipping import ShippingService, TrackingService
from bitewing.directory.connections import ConnectionService
from bitewing.directory.dentists import DentistService
from bitewing.directory.guests import GuestService
from bitewing.directory.labs import LabService
from bitewing.directory.practices import PracticeService
from bitewing.directory.service import DirectoryService
from bitewing.files.service import FileService
from bitewing.home.account import AccountService
from bitewing.home.announcing import AnnouncementService
from bitewing.home.service import HomeService
from bitewing.kernel.errors import BitewingError, Malformed
from bitewing.kernel.wire import ROUTES
from bitewing.machines.service import MachineService
from bitewing.match_runs.service import RunService
from bitewing.match_runs.starting import RunStarting
from bitewing.members.service import MemberService
from bitewing.notifications.deliveries import DeliveriesService
from bitewing.notifications.dry_run import DryRunService
from bitewing.notifications.inbox_service import InboxService
from bitewing.notifications.preferences_service import PreferencesService
from bitewing.notifications.rules_service import RulesService
from bitewing.notifications.templates_service import TemplatesService
from bitewing.notifications.unsubscribing import UnsubscribingService
from bitewing.planning.listing import SessionListService
from bitewing.planning.offering import OfferService
from bitewing.planning.publishing import HoursService
from bitewing.planning.sessions import SessionService
from bitewing.reports.service import ReportService
from bitewing.requirements.service import RequirementService
from bitewing.rx.service import RxService
from bitewing.scheduling.availabilities import AvailabilityService
from bitewing.scheduling.periods import PeriodService
from bitewing.scheduling.requests import RequestService as DayRequestService
from bitewing.webhooks.service import WebhookService
from openapi_spec_validator import validate

from tests.support.contract import DOCUMENT, ensure_fits
from tools.offline import PROJECT
from tools.openapi import CAN_GIVE, EXAMPLES, text
from tools.openapi import DOCUMENT as PATH

OPERATIONS = [
    pytest.param(path, method, operation, id=operation["operationId"])
    for path, operations in DOCUMENT["paths"].items()
    for method, operation in operations.items()
]


def kinds(parent: type[BitewingError] = BitewingError) -> Iterator[type[BitewingError]]:
    for child in parent.__subclasses__():
        yield child
        yield from kinds(child)


def pointer(*steps: str) -> str:
    escaped = (step.replace("~", "~0").replace("/", "~1").replace("{", "%7B").replace("}", "%7D") for step in steps)
    return "".join(f"/{step}" for step in escaped)


def test_the_committed_description_is_the_one_of_the_code():
    assert PATH.read_text() == text(), "call `make openapi`"


def test_it_is_valid_openapi():
    validate(DOCUMENT)
    assert DOCUMENT["openapi"].startswith("3.1")


def test_its_routes_are_those_that_infrastructure_deploys():
    described = {(method.upper(), path) for path, operations in DOCUMENT["paths"].items() for method in operations}
    assert described == {(route.method, route.path) for route in ROUTES}


#: What takes no token: a signature, a credential in a header, or one that is the address itself.
SCHEMES = {"carrier_api": [{"carrierSignature": []}], "calendar_feed_api": [], "unsubscribe_api": []}


def test_every_route_needs_a_token_but_those_that_take_a_credential_or_a_signature():
    assert DOCUMENT["security"] == [{"accessToken": []}]
    for route in ROUTES:
        operation = DOCUMENT["paths"][route.path][route.method.lower()]
        scheme = SCHEMES.get(route.function, [{"credential": []}])
        assert operation.get("security") == (scheme if route.is_public else None)


def test_operations_have_names_of_their_own():
    names = [operation.values[2]["operationId"] for operation in OPERATIONS]
    assert len(names) == len(set(names))
    assert set(names) == set(CAN_GIVE)


@pytest.mark.parametrize(("path", "method", "operation"), OPERATIONS)
def test_every_operation_is_described_in_sentences(path, method, operation):
    assert operation["description"].endswith(".")
    assert operation["summary"]
    assert set(operation["tags"]) <= {tag["name"] for tag in DOCUMENT["tags"]}
    assert all(parameter["description"].endswith(".") for parameter in operation.get("parameters", ()))


@pytest.mark.parametrize(("path", "method", "operation"), OPERATIONS)
def test_every_operation_says_how_it_refuses(path, method, operation):
    statuses = set(operation["responses"])
    assert {"429", "500"} <= statuses
    # Where the address is the credential, a wrong one is an address at which there is nothing.
    assert ("401" in statuses) is (operation.get("security") != [])
    if "requestBody" in operation:
        assert {"400", "413", "415", "422"} <= statuses
    if "{" in path:
        assert "404" in statuses


@pytest.mark.parametrize(("path", "method", "operation"), OPERATIONS)
def test_examples_of_bodies_fit(path, method, operation):
    media = operation.get("requestBody", {}).get("content", {}).get("application/json", {"examples": {}})
    assert bool(media["examples"]) is ("requestBody" in operation)
    for example in media["examples"].values():
        ensure_fits(
            pointer("paths", path, method, "requestBody", "content", "application/json", "schema"), example["value"]
        )


@pytest.mark.parametrize(("path", "method", "operation"), OPERATIONS)
def test_examples_of_answers_fit(path, method, operation):
    for status, response in operation["responses"].items():
        media = response.get("content", {}).get("application/json", {})
        if "example" in media:
            where = pointer("paths", path, method, "responses", status, "content", "application/json", "schema")
            ensure_fits(where, media["example"])


def test_every_operation_shows_what_it_answers():
    for operation in OPERATIONS:
        success = next(answer for status, answer in operation.values[2]["responses"].items() if status < "300")
        # JSON, but for pages and calendars.
        (media,) = success["content"].values()
        assert "example" in media


def test_every_body_is_limited_in_every_text_and_list():
    bodies = {name: schema for name, schema in DOCUMENT["components"]["schemas"].items() if not name.endswith("View")}
    unlimited = [
        f"{name}.{field}"
        for name, schema in bodies.items()
        if schema.get("additionalProperties") is False
        for field, of_field in schema["properties"].items()
        for each in (of_field, *of_field.get("anyOf", ()))
        if (each.get("type") == "string" and not {"maxLength", "pattern", "format", "enum", "const"} & set(each))
        or (each.get("type") == "array" and "maxItems" not in each)
    ]
    assert unlimited == []


def test_every_refusal_that_the_product_knows_is_shown_and_given_somewhere():
    leaves = {kind.code for kind in kinds() if not kind.__subclasses__()} | {"invalid_input"}
    assert {error.code for error in EXAMPLES} == leaves
    assert {kind.code for given in CAN_GIVE.values() for kind in given} | {"unauthenticated"} == leaves


#: What each operation calls.
CALLS = {
    "read_me": DirectoryService.organization_of,
    "read_home": HomeService.home,
    "read_account": AccountService.read,
    "change_account": AccountService.change,
    "list_inbox": InboxService.page,
    "read_inbox_entry": InboxService.read,
    "read_all_of_inbox": InboxService.read_all,
    "read_notification_preferences": PreferencesService.read,
    "change_notification_preferences": PreferencesService.change,
    "list_notification_rules": RulesService.all,
    "add_notification_rule": RulesService.add,
    "dry_run_notification_rules": DryRunService.run,
    "read_notification_rule": RulesService.read,
    "change_notification_rule": RulesService.change,
    "remove_notification_rule": RulesService.remove,
    "list_notification_templates": TemplatesService.all,
    "read_notification_template": TemplatesService.read,
    "replace_notification_template": TemplatesService.replace,
    "remove_notification_template": TemplatesService.remove,
    "preview_notification_template": TemplatesService.preview,
    "list_notification_log": DeliveriesService.log,
    "list_unreachable": DeliveriesService.unreachable,
    "use_address_again": DeliveriesService.use_again,
    "list_announcements": AnnouncementService.own,
    "publish_announcement": AnnouncementService.publish,
    "read_announcement": AnnouncementService.read,
    "change_announcement": AnnouncementService.change,
    "withdraw_announcement": AnnouncementService.withdraw,
    "create_practice": PracticeService.create,
    "read_practice": PracticeService.read,
    "change_practice": PracticeService.change,
    "set_billing": PracticeService.set_billing,
    "create_lab": LabService.create,
    "list_labs": LabService.by_name,
    "read_lab": LabService.read,
    "change_lab": LabService.change,
    "ask_for_connection": ConnectionService.ask,
    "list_connections": ConnectionService.of_caller,
    "read_connection": ConnectionService.read,
    "move_connection": ConnectionService.move,
    "list_dentists": DentistService.of_caller,
    "add_dentist": DentistService.add,
    "read_dentist": DentistService.read,
    "change_dentist": DentistService.change,
    "add_guest_dentist": DentistService.add,
    "change_guest_dentist": DentistService.change,
    "list_cases_for_system": ListService.page,
    "read_case_for_system": CaseService.read,
    "list_files_for_system": FileService.files,
    "download_file_for_system": FileService.download,
    "move_case_for_system": ProgressService.move,
    "list_rx_versions_for_system": RxService.versions,
    "download_rx_for_system": RxService.download,
    "list_shipments_for_system": ShippingService.of_case,
    "add_shipment_for_system": ShippingService.ship,
    "remove_shipment_for_system": ShippingService.remove,
    "enter_lab_system": MachineService.enter,
    "list_lab_systems": MachineService.of_caller,
    "revoke_lab_system": MachineService.revoke,
    "enter_scanner": MachineService.enter,
    "list_scanners": MachineService.of_caller,
    "revoke_scanner": MachineService.revoke,
    "enter_guest_practice": GuestService.enter,
    "list_guest_practices": GuestService.of_caller,
    "read_guest_practice": GuestService.read,
    "announce_scan": FileService.announce,
    "complete_scan": FileService.complete,
    "list_case_types": RequirementService.catalog,
    "list_profiles": RequirementService.all_of,
    "read_profile": RequirementService.read,
    "publish_profile": RequirementService.publish,
    "try_profile": RequirementService.try_out,
    "list_profile_versions": RequirementService.versions,
    "read_profile_version": RequirementService.version,
    "list_members": MemberService.of_organization,
    "invite_member": MemberService.invite,
    "accept_invitation": MemberService.accept,
    "read_member": MemberService.read,
    "change_roles": MemberService.change_roles,
    "resend_invitation": MemberService.invite_again,
    "end_membership": MemberService.end,
    "read_rule_report_of_lab": ReportService.of_lab,
    "read_rule_report": ReportService.of_all,
    "create_case": CaseService.create,
    "list_cases": ListService.page,
    "archive_case": ListService.archive,
    "unarchive_case": ListService.unarchive,
    "read_case": CaseService.read,
    "change_packet": CaseService.change_packet,
    "check_case": CaseService.read,
    "submit_case": CaseService.submit,
    "read_activity": CaseService.activity,
    "move_case": ProgressService.move,
    "add_shipment": ShippingService.ship,
    "list_shipments": ShippingService.of_case,
    "remove_shipment": ShippingService.remove,
    "receive_shipment": ShippingService.receive,
    "tell_where_parcels_are": TrackingService.heard,
    "rename_patient": ProgressService.rename_patient,
    "read_planning_hours": HoursService.read,
    "publish_planning_hours": HoursService.publish,
    "list_planning_blocks": OfferService.blocks,
    "book_session": SessionService.book,
    "read_session": SessionService.read,
    "move_session": SessionService.move,
    "cancel_session": SessionService.cancel,
    "record_session_outcome": SessionService.record_outcome,
    "read_session_calendar": SessionService.read,
    "list_sessions": SessionListService.page,
    "create_care_team": CareTeamService.create,
    "list_care_teams": CareTeamService.by_name,
    "read_care_team": CareTeamService.read,
    "change_care_team": CareTeamService.change,
    "enter_clinician": ClinicianService.enter,
    "list_clinicians": ClinicianService.listed,
    "read_clinician": ClinicianService.read,
    "change_clinician": ClinicianService.change,
    "list_lapsing_credentials": ClinicianService.lapsing,
    "enter_site": SiteService.enter,
    "list_sites": SiteService.of_caller,
    "read_site": SiteService.read,
    "change_site": SiteService.change,
    "read_care_preferences": CarePreferenceService.read,
    "save_care_preferences": CarePreferenceService.save,
    "open_period": PeriodService.open,
    "list_periods": PeriodService.of_caller,
    "read_period": PeriodService.read,
    "change_period": PeriodService.change,
    "move_period": PeriodService.move,
    "start_match_run": RunStarting.start,
    "list_match_runs": RunService.of_period,
    "read_match_run": RunService.read,
    "list_proposed_days": RunService.days,
    "list_unmatched_requests": RunService.unmatched,
    "list_clinician_loads": RunService.loads,
    "decide_on_proposal": RunService.decide,
    "stop_match_run": RunService.stop,
    "download_match_files": RunService.downloads,
    "list_availability": AvailabilityService.of_period,
    "read_availability": AvailabilityService.read,
    "submit_availability": AvailabilityService.submit,
    "review_availability": AvailabilityService.review,
    "request_case_day": DayRequestService.create,
    "list_case_day_requests": DayRequestService.of_caller,
    "read_case_day_request": DayRequestService.read,
    "change_case_day_request": DayRequestService.change,
    "move_case_day_request": DayRequestService.move,
    "create_case_day": CreationService.create,
    "serve_case_day_request": CreationService.create,
    "list_case_days": DayService.listed,
    "read_case_day": DayService.read,
    "change_case_day": ChangesService.edit,
    "ask_team_member": TeamService.ask,
    "remove_team_member": TeamService.remove,
    "list_candidates": TeamService.candidates,
    "answer_case_day": TeamService.answer,
    "confirm_case_day": DayService.confirm,
    "confirm_case_day_details": DayService.confirm_details,
    "cancel_case_day": DayService.cancel,
    "reject_case_day": DayService.reject,
    "reschedule_case_day": ChangesService.reschedule,
    "decide_wanted_change": ChangesService.decide,
    "lock_case_day": DayService.lock,
    "begin_case_day": DayService.begin,
    "complete_case_day": DayService.complete,
    "list_case_day_activity": DayService.activity,
    "list_day_patients": PatientService.of_day,
    "assign_patient": PatientService.add,
    "change_day_patient": PatientService.change,
    "remove_day_patient": PatientService.remove,
    "list_lab_work": JointService.works,
    "read_schedule": ScheduleService.read,
    "read_calendar": FeedService.read,
    "ask_to_unsubscribe": UnsubscribingService.language,
    "unsubscribe": UnsubscribingService.end,
    "issue_feed": FeedService.issue,
    "list_feeds": FeedService.of_caller,
    "revoke_feed": FeedService.revoke,
    "read_change_criteria": ChangesService.criteria,
    "set_change_criteria": ChangesService.set_criteria,
    "list_rx_versions": RxService.versions,
    "download_rx": RxService.download,
    "read_confirmation": RxService.confirmation,
    "enter_webhook": WebhookService.enter,
    "list_webhooks": WebhookService.of_caller,
    "read_webhook": WebhookService.read,
    "change_webhook": WebhookService.change,
    "remove_webhook": WebhookService.remove,
    "rotate_webhook_secret": WebhookService.rotate,
    "ping_webhook": WebhookService.ping,
    "list_deliveries": WebhookService.log,
    "redeliver": WebhookService.redeliver,
    "list_returns": ReviewService.returns,
    "answer_reason": ReviewService.answer,
    "add_note": ReviewService.add_note,
    "list_notes": ReviewService.notes,
    "mark_arrived": ReviewService.mark_arrived,
    "create_lab_case": CaseService.create_for,
    "issue_link": LinkService.issue,
    "list_links": LinkService.links,
    "revoke_link": LinkService.revoke,
    "read_correction": CorrectionService.read,
    "answer_correction": CorrectionService.answer,
    "answer_correction_reason": CorrectionService.answer_reason,
    "authorize_correction": CorrectionService.authorize,
    "announce_correction_file": CorrectionService.announce,
    "complete_correction_file": CorrectionService.complete,
    "finish_correction": CorrectionService.done,
    "announce_file": FileService.announce,
    "complete_file": FileService.complete,
    "list_files": FileService.files,
    "download_file": FileService.download,
    "remove_file": FileService.remove,
}
#: What a request is refused for by its form, before a service sees it.
OF_THE_FORM = {"InvalidInput", "BodyTooLarge", "UnsupportedContentType", "VersionMissing"} | {
    kind.__name__ for kind in kinds(Malformed)
}


#: What a machine is refused before its use case is called.
OF_THE_CREDENTIAL = {"ScopeMissing"}
#: What a use case refuses for others, and never for whoever comes by this route.
NEVER_MEETS = {
    **{name: {"RoleNotAllowed"} for name in CALLS if name.endswith("_for_system")},
    "add_dentist": {"Unknown"},
    "enter_scanner": {"TooManyLabSystems"},
    # A day that is entered by hand serves no request.
    "create_case_day": {"RequestNotOpen"},
    "enter_lab_system": {"TooManyScanners"},
    "announce_scan": {"RoleNotAllowed"},
    # Every operation refuses whom it does not know; the document says so once for all.
    "tell_where_parcels_are": {"Unauthenticated"},
    "finish_correction": {"Unauthenticated"},
    "complete_scan": {"RoleNotAllowed"},
}


@pytest.mark.parametrize("operation", sorted(CAN_GIVE))
def test_an_operation_refuses_for_the_reasons_that_its_use_case_names_and_for_no_other(operation):
    raised = re.findall(r"^    (\w+): ", getdoc(CALLS[operation]).partition("Raises:")[2], re.MULTILINE)
    given = {kind.__name__ for kind in CAN_GIVE[operation]}
    assert given - OF_THE_FORM - OF_THE_CREDENTIAL == set(raised) - OF_THE_FORM - NEVER_MEETS.get(operation, set())
    assert (given >= OF_THE_CREDENTIAL) == operation.endswith("_for_system")


def test_refusals_have_codes_and_statuses_of_their_own():
    codes = [kind.code for kind in kinds()]
    assert len(codes) == len(set(codes))
    statuses = [status for _, status, _ in REFUSALS]
    assert len(statuses) == len(set(statuses))
    assert all(any(issubclass(kind, parent) for parent, _, _ in REFUSALS) for kind in kinds())


def test_examples_of_refusals_are_problems():
    for example in DOCUMENT["components"]["examples"].values():
        ensure_fits("/components/schemas/Problem", example["value"])
        assert example["value"]["detail"].endswith(".")


def test_it_has_no_names_of_this_machine():
    content = json.dumps(DOCUMENT)
    assert str(PROJECT) not in content
    assert "offline" not in content
