"""What each function's bundle is made of: the list to edit when a function needs another package or call."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

#: Whatever changes together is written in one transaction.
_CHANGES: Final = ("BatchGetItem", "GetItem", "Query", "TransactWriteItems")
#: A copy is made unless it is there already.
_COPIES: Final = ("CopyObject", "HeadObject")
#: Senders get signed requests, for one part or for many, and what they sent is put together.
_UPLOADS: Final = ("CompleteMultipartUpload", "CreateMultipartUpload", "HeadObject", "PutObject", "UploadPart")
#: A deadline is set, moved and taken back.
_SCHEDULES: Final = ("CreateSchedule", "DeleteSchedule", "UpdateSchedule")


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a bundle holds beside the function's own code.

    Attributes:
        group: Dependency group of ``pyproject.toml``.
        operations: Operations that the function calls or presigns, by service as botocore names both. The
            bundle's botocore knows no other. A test compares them with what the function really calls.
    """

    group: str
    operations: Mapping[str, tuple[str, ...]]


RECIPES: Final[Mapping[str, Recipe]] = MappingProxyType(
    {
        "access_token": Recipe("function", {}),
        "case_review_api": Recipe("function", {"dynamodb": _CHANGES, "secretsmanager": ("GetSecretValue",)}),
        "case_submission": Recipe(
            "function", {"dynamodb": ("BatchGetItem", "Query", "TransactWriteItems", "UpdateItem"), "s3": _COPIES}
        ),
        "case_submission_start": Recipe("function", {"stepfunctions": ("StartExecution",)}),
        "cases_api": Recipe("function", {"dynamodb": _CHANGES, "secretsmanager": ("GetSecretValue",)}),
        "correction_api": Recipe("function", {"dynamodb": _CHANGES, "s3": _UPLOADS}),
        "directory_api": Recipe("calendar", {"dynamodb": _CHANGES, "secretsmanager": ("GetSecretValue",)}),
        "care_teams_api": Recipe("function", {"dynamodb": _CHANGES, "secretsmanager": ("GetSecretValue",)}),
        "case_days_api": Recipe(
            "function",
            {"dynamodb": ("GetItem", "Query", "TransactWriteItems"), "secretsmanager": ("GetSecretValue",)},
        ),
        "day_teams_api": Recipe("function", {"dynamodb": ("GetItem", "Query", "TransactWriteItems")}),
        "day_patients_api": Recipe("function", {"dynamodb": _CHANGES}),
        "schedules_api": Recipe("function", {"dynamodb": ("GetItem", "Query", "TransactWriteItems", "UpdateItem")}),
        "calendar_feed_api": Recipe("function", {"dynamodb": ("GetItem", "Query", "UpdateItem")}),
        "planning_api": Recipe("function", {"dynamodb": _CHANGES, "secretsmanager": ("GetSecretValue",)}),
        "progress_api": Recipe("function", {"dynamodb": _CHANGES}),
        "scheduling_api": Recipe("function", {"dynamodb": _CHANGES, "secretsmanager": ("GetSecretValue",)}),
        "match_runs_api": Recipe(
            "function",
            {"dynamodb": _CHANGES, "s3": ("GetObject",), "secretsmanager": ("GetSecretValue",)},
        ),
        "case_counts": Recipe("function", {"dynamodb": ("GetItem", "TransactWriteItems")}),
        "case_day_recheck": Recipe("function", {"dynamodb": _CHANGES}),
        "case_day_solver": Recipe("solver", {"dynamodb": _CHANGES, "s3": ("GetObject", "PutObject")}),
        "home_api": Recipe("function", {"dynamodb": _CHANGES}),
        "inbox_api": Recipe("function", {"dynamodb": _CHANGES, "secretsmanager": ("GetSecretValue",)}),
        "notifications_api": Recipe("function", {"dynamodb": _CHANGES, "secretsmanager": ("GetSecretValue",)}),
        "shipping_api": Recipe("function", {"dynamodb": ("GetItem", "TransactWriteItems")}),
        "carrier_api": Recipe(
            "function",
            {"dynamodb": ("GetItem", "Query", "TransactWriteItems"), "secretsmanager": ("GetSecretValue",)},
        ),
        "case_day_matching": Recipe("function", {"dynamodb": _CHANGES, "stepfunctions": ("SendTaskSuccess",)}),
        "case_day_matching_start": Recipe("function", {"stepfunctions": ("StartExecution",)}),
        "case_day_matching_resume": Recipe(
            "function", {"dynamodb": ("GetItem",), "stepfunctions": ("SendTaskSuccess",)}
        ),
        "profile_recheck": Recipe("function", {"dynamodb": _CHANGES}),
        "profile_recheck_start": Recipe("function", {"stepfunctions": ("StartExecution",)}),
        "practice_api": Recipe(
            "function", {"dynamodb": (*_CHANGES, "UpdateItem"), "secretsmanager": ("GetSecretValue",)}
        ),
        "scanner_api": Recipe("function", {"dynamodb": (*_CHANGES, "UpdateItem"), "s3": _UPLOADS}),
        "lab_system_api": Recipe(
            "function",
            {"dynamodb": (*_CHANGES, "UpdateItem"), "s3": ("GetObject",), "secretsmanager": ("GetSecretValue",)},
        ),
        "requirements_api": Recipe("function", {"dynamodb": _CHANGES, "secretsmanager": ("GetSecretValue",)}),
        "event_relay": Recipe("function", {"events": ("PutEvents",)}),
        "file_inspector": Recipe(
            "inspector",
            {"dynamodb": ("GetItem", "UpdateItem"), "s3": ("GetObject", "HeadObject", "PutObject")},
        ),
        "file_intake": Recipe("function", {"dynamodb": _CHANGES, "s3": (*_COPIES, "DeleteObject")}),
        "file_intake_start": Recipe("function", {"stepfunctions": ("StartExecution",)}),
        "files_api": Recipe("function", {"dynamodb": _CHANGES, "s3": (*_UPLOADS, "GetObject")}),
        "lab_cases_api": Recipe("function", {"dynamodb": _CHANGES}),
        "reports_api": Recipe("function", {"dynamodb": ("BatchGetItem", "GetItem")}),
        "rx_api": Recipe("page", {"dynamodb": ("GetItem", "Query"), "s3": ("GetObject",)}),
        "rx_writer": Recipe(
            "printer", {"dynamodb": ("BatchGetItem", "Query", "TransactWriteItems"), "s3": ("PutObject",)}
        ),
        "rule_counts": Recipe("function", {"dynamodb": ("TransactWriteItems",)}),
        "deadline_setter": Recipe(
            "function",
            {"dynamodb": ("GetItem", "Query"), "scheduler": _SCHEDULES, "sqs": ("SendMessage",)},
        ),
        "deadline_worker": Recipe(
            "function",
            {"dynamodb": _CHANGES, "scheduler": _SCHEDULES, "sqs": ("SendMessage", "SendMessageBatch")},
        ),
        "delivery_reports": Recipe("function", {"dynamodb": ("GetItem", "TransactWriteItems")}),
        "text_replies": Recipe("function", {"dynamodb": _CHANGES, "sns": ("Publish",)}),
        "unsubscribe_api": Recipe(
            "function",
            {"dynamodb": ("GetItem", "Query", "TransactWriteItems"), "secretsmanager": ("GetSecretValue",)},
        ),
        "reminders": Recipe("function", {"dynamodb": _CHANGES, "sqs": ("SendMessageBatch",)}),
        "webhooks_api": Recipe(
            "function",
            {
                "dynamodb": ("GetItem", "Query", "TransactWriteItems"),
                "secretsmanager": ("GetSecretValue",),
                "sqs": ("SendMessage",),
            },
        ),
        "webhook_fanout": Recipe(
            "function", {"dynamodb": ("GetItem", "Query", "TransactWriteItems"), "sqs": ("SendMessage",)}
        ),
        "webhook_delivery": Recipe(
            "function", {"dynamodb": ("GetItem", "TransactWriteItems", "UpdateItem"), "sqs": ("SendMessage",)}
        ),
        "notifier": Recipe("function", {"dynamodb": _CHANGES, "sqs": ("SendMessage",)}),
        "message_sender": Recipe(
            "function",
            {
                "dynamodb": _CHANGES,
                "secretsmanager": ("GetSecretValue",),
                "sesv2": ("SendEmail",),
                "sns": ("Publish",),
                "sqs": ("SendMessage",),
            },
        ),
        "members_api": Recipe(
            "function",
            {
                "cognito-idp": (
                    "AdminAddUserToGroup",
                    "AdminCreateUser",
                    "AdminDeleteUser",
                    "AdminDisableUser",
                    "AdminGetUser",
                    "AdminListGroupsForUser",
                    "AdminRemoveUserFromGroup",
                    "AdminUserGlobalSignOut",
                ),
                "dynamodb": ("GetItem", "Query", "TransactWriteItems", "UpdateItem"),
            },
        ),
    }
)
