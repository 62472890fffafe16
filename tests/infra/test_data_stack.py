import json
from datetime import timedelta

import pytest
from aws_cdk.assertions import Match
from bitewing.aws.outbox import EVENTS_KEPT_FOR
from bitewing.kernel import wire

BUCKETS = ("Arrivals", "Quarantine", "Files")
OWN_KEY = {"Fn::GetAtt": ["DataKey17AFBB84", "Arn"]}


def bucket(synthesized, name):
    (found,) = (p for n, p in synthesized.properties("AWS::S3::Bucket").items() if n.startswith(name))
    return found


def statements(synthesized, kind, name):
    (found,) = (p for n, p in synthesized.properties(kind).items() if n.startswith(name))
    document = found.get("PolicyDocument") or found["KeyPolicy"]
    return document["Statement"]


# --- The table -----------------------------------------------------------------------------------------


def test_the_table_is_on_demand_encrypted_recoverable_and_forgets_what_expired(synthesized):
    synthesized.template("data").has_resource_properties(
        "AWS::DynamoDB::Table",
        {
            "BillingMode": "PAY_PER_REQUEST",
            "SSESpecification": {"SSEEnabled": True, "SSEType": "KMS", "KMSMasterKeyId": OWN_KEY},
            "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True, "RecoveryPeriodInDays": 35},
            "TimeToLiveSpecification": {"AttributeName": wire.TTL_ATTRIBUTE, "Enabled": True},
            "StreamSpecification": {"StreamViewType": "NEW_IMAGE"},
            "DeletionProtectionEnabled": synthesized.environment.retains_data,
        },
    )


def test_the_table_has_the_keys_and_indexes_that_the_code_names(prod):
    ((_, table),) = prod.properties("AWS::DynamoDB::Table").items()
    assert table["KeySchema"] == [
        {"AttributeName": wire.PARTITION_KEY, "KeyType": "HASH"},
        {"AttributeName": wire.SORT_KEY, "KeyType": "RANGE"},
    ]
    indexes = {
        index["IndexName"]: ([key["AttributeName"] for key in index["KeySchema"]], index["Projection"])
        for index in table["GlobalSecondaryIndexes"]
    }
    row = {"ProjectionType": "INCLUDE", "NonKeyAttributes": [*wire.LISTED_ATTRIBUTES]}
    projections = dict.fromkeys(wire.LIST_INDEXES, row) | {
        wire.PATIENT_INDEX: {"ProjectionType": "ALL"},
        wire.REMINDERS_INDEX: {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["practice_id", "lab_id"]},
    }
    assert indexes == {name: ([f"{name}_pk", f"{name}_sk"], projections[name]) for name in wire.INDEXES}
    assert {attribute["AttributeType"] for attribute in table["AttributeDefinitions"]} == {"S"}
    # What DynamoDB gives a table at most: indexes, and attributes that all of them name together.
    assert len(indexes) <= 20
    assert sum(len(projection.get("NonKeyAttributes", ())) for _, projection in indexes.values()) <= 100


# --- The buckets ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", BUCKETS)
def test_buckets_of_files_are_private_versioned_logged_and_under_our_key(synthesized, name):
    properties = bucket(synthesized, name)
    (rule,) = properties["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert rule == {
        "BucketKeyEnabled": True,
        "ServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": OWN_KEY},
    }
    assert set(properties["PublicAccessBlockConfiguration"].values()) == {True}
    assert properties["VersioningConfiguration"] == {"Status": "Enabled"}
    assert properties["LoggingConfiguration"]["LogFilePrefix"] == f"{name.lower()}/"
    assert properties["OwnershipControls"] == {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}


@pytest.mark.parametrize("name", [*BUCKETS, "AccessLogs"])
def test_buckets_refuse_requests_without_tls(synthesized, name):
    denied = [
        statement["Condition"]
        for statement in statements(synthesized, "AWS::S3::BucketPolicy", name)
        if statement["Effect"] == "Deny" and statement["Action"] == "s3:*"
    ]
    assert {"Bool": {"aws:SecureTransport": "false"}} in denied


@pytest.mark.parametrize(
    ("name", "days", "noncurrent_days"), [("Arrivals", 15, 1), ("Quarantine", 30, 1), ("Files", 1825, 30)]
)
def test_files_stay_as_long_as_the_policy_says(synthesized, name, days, noncurrent_days):
    (rule,) = bucket(synthesized, name)["LifecycleConfiguration"]["Rules"]
    assert rule["Status"] == "Enabled"
    assert rule["ExpirationInDays"] == days
    assert rule["NoncurrentVersionExpiration"] == {"NoncurrentDays": noncurrent_days}
    assert rule["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 1}


def test_records_of_patients_are_kept_for_more_than_four_years(prod):
    (rule,) = bucket(prod, "Files")["LifecycleConfiguration"]["Rules"]
    assert rule["ExpirationInDays"] > 4 * 366


def test_what_a_dead_letter_points_at_outlives_it(synthesized):
    queues = synthesized.properties("AWS::SQS::Queue").items()
    (letters,) = {queue["MessageRetentionPeriod"] for name, queue in queues if "DeadLetters" in name}
    letter_kept = timedelta(seconds=letters)

    # EventBridge tries for a day unless a target says otherwise (source: EventBridge, "Retrying event delivery").
    targets = [t for rule in synthesized.properties("AWS::Events::Rule").values() for t in rule["Targets"]]
    tried = max(t.get("RetryPolicy", {}).get("MaximumEventAgeInSeconds", 24 * 3600) for t in targets)
    (rule,) = bucket(synthesized, "Arrivals")["LifecycleConfiguration"]["Rules"]
    assert timedelta(days=rule["ExpirationInDays"]) >= letter_kept + timedelta(seconds=tried)

    mappings = synthesized.properties("AWS::Lambda::EventSourceMapping").values()
    (relayed,) = (m["MaximumRecordAgeInSeconds"] for m in mappings if "MaximumRecordAgeInSeconds" in m)
    assert letter_kept + timedelta(seconds=relayed) <= EVENTS_KEPT_FOR


def test_only_arrivals_are_deleted_by_functions(synthesized):
    deleting = [
        json.dumps(statement["Resource"])
        for policy in synthesized.properties("AWS::IAM::ManagedPolicy").values()
        for statement in policy["PolicyDocument"]["Statement"]
        if "s3:DeleteObject" in json.dumps(statement["Action"])
    ]
    assert len(deleting) == 1
    assert "Arrivals" in deleting[0]


def test_objects_that_arrive_are_announced_without_a_custom_resource(synthesized):
    assert bucket(synthesized, "Arrivals")["NotificationConfiguration"] == {
        "EventBridgeConfiguration": {"EventBridgeEnabled": True}
    }
    assert not [*synthesized.resources("Custom::S3BucketNotifications")]


@pytest.mark.parametrize(("name", "method"), [("Arrivals", "PUT"), ("Files", "GET")])
def test_browsers_of_our_origins_may_send_and_fetch_files(synthesized, name, method):
    (rule,) = bucket(synthesized, name)["CorsConfiguration"]["CorsRules"]
    assert rule["AllowedMethods"] == [method]
    assert rule["AllowedOrigins"] == [*synthesized.environment.web_origins]
    assert rule["ExposedHeaders"] == ["ETag"]


def test_no_browser_reaches_quarantine_or_access_logs(synthesized):
    for name in ("Quarantine", "AccessLogs"):
        assert "CorsConfiguration" not in bucket(synthesized, name)


# --- Keys and the secret -------------------------------------------------------------------------------


def test_keys_are_ours_and_rotate(synthesized):
    keys = synthesized.properties("AWS::KMS::Key")
    assert len(keys) == 3
    assert {key["EnableKeyRotation"] for key in keys.values()} == {True}


ACCOUNT = {"Ref": "AWS::AccountId"}
REGION = {"Ref": "AWS::Region"}
PARTITION = {"Ref": "AWS::Partition"}
OWNERS = {"AWS": {"Fn::Join": ["", ["arn:", PARTITION, ":iam::", ACCOUNT, ":root"]]}}
LOG_GROUPS = {"Fn::Join": ["", ["arn:", PARTITION, ":logs:", REGION, ":", ACCOUNT, ":log-group:*"]]}
SECRETS_MANAGER = {"Fn::Join": ["", ["secretsmanager.", REGION, ".amazonaws.com"]]}
CLOUDWATCH_LOGS = {"Fn::Join": ["", ["logs.", REGION, ".amazonaws.com"]]}
KEY_USES = ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"]
MESSAGES = [["kms:Decrypt", "kms:GenerateDataKey"], {"StringEquals": {"aws:SourceAccount": ACCOUNT}}]
#: Everything that the policies of keys say: who, what, and when. The account's own policies decide for its roles.
KEY_POLICIES = {
    "DataKey": [
        [OWNERS, "kms:*", None],
        [
            OWNERS,
            sorted([*KEY_USES, "kms:CreateGrant", "kms:DescribeKey"]),
            {"StringEquals": {"kms:ViaService": SECRETS_MANAGER}},
        ],
    ],
    "LogKey": [
        [OWNERS, "kms:*", None],
        [
            {"Service": CLOUDWATCH_LOGS},
            sorted([*KEY_USES, "kms:Describe*"]),
            {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": LOG_GROUPS}},
        ],
    ],
    "MessageKey": [
        [OWNERS, "kms:*", None],
        [{"Service": "events.amazonaws.com"}, *MESSAGES],
        [{"Service": "cloudwatch.amazonaws.com"}, *MESSAGES],
        [{"Service": "sns.amazonaws.com"}, *MESSAGES],
        [{"Service": "sms-voice.amazonaws.com"}, *MESSAGES],
    ],
}


@pytest.mark.parametrize("name", KEY_POLICIES)
def test_a_key_may_be_used_by_whom_it_is_for_and_by_nobody_else(synthesized, name):
    said = statements(synthesized, "AWS::KMS::Key", name)
    assert [[s["Principal"], s["Action"], s.get("Condition")] for s in said] == KEY_POLICIES[name]
    assert {s["Effect"] for s in said} == {"Allow"}


def test_the_cursor_secret_is_generated_and_under_our_key(synthesized):
    synthesized.template("data").has_resource_properties(
        "AWS::SecretsManager::Secret",
        {"GenerateSecretString": {"PasswordLength": 64, "ExcludePunctuation": True}, "KmsKeyId": OWN_KEY},
    )
    synthesized.template("data").all_resources_properties(
        "AWS::SecretsManager::Secret", {"SecretString": Match.absent()}
    )


# --- People --------------------------------------------------------------------------------------------


def test_people_are_invited_have_long_passwords_and_a_second_factor(synthesized):
    synthesized.template("data").has_resource_properties(
        "AWS::Cognito::UserPool",
        {
            "UserPoolTier": "ESSENTIALS",
            "AdminCreateUserConfig": {"AllowAdminCreateUserOnly": True},
            "MfaConfiguration": "ON" if synthesized.environment.requires_second_factor else "OPTIONAL",
            "EnabledMfas": ["SOFTWARE_TOKEN_MFA"],
            "DeletionProtection": "ACTIVE" if synthesized.environment.retains_data else "INACTIVE",
            "Policies": {
                "PasswordPolicy": {
                    "MinimumLength": 12,
                    "RequireLowercase": True,
                    "RequireUppercase": True,
                    "RequireNumbers": True,
                    "RequireSymbols": True,
                    "PasswordHistorySize": 5,
                    "TemporaryPasswordValidityDays": 14,
                }
            },
        },
    )


def test_access_tokens_are_completed_by_our_function(synthesized):
    ((_, pool),) = synthesized.properties("AWS::Cognito::UserPool").items()
    ((name, _),) = (
        (n, p)
        for n, p in synthesized.properties("AWS::Lambda::Function").items()
        if p["Handler"] == "functions.access_token.handler.handler"
    )
    assert pool["LambdaConfig"] == {
        "PreTokenGenerationConfig": {"LambdaArn": {"Fn::GetAtt": [name, "Arn"]}, "LambdaVersion": "V2_0"}
    }


def test_there_is_a_group_for_every_role(synthesized):
    groups = synthesized.properties("AWS::Cognito::UserPoolGroup").values()
    assert {group["GroupName"] for group in groups} == set(wire.ROLES)


def test_people_can_read_but_not_change_whom_they_belong_to(synthesized):
    ((_, client),) = synthesized.properties("AWS::Cognito::UserPoolClient").items()
    belonging = {wire.ORGANIZATION_ID_ATTRIBUTE, wire.ORGANIZATION_KIND_ATTRIBUTE}
    assert belonging <= set(client["ReadAttributes"])
    assert belonging.isdisjoint(client["WriteAttributes"])


def test_the_browser_signs_in_with_srp_or_the_code_flow_and_has_no_secret(synthesized):
    ((_, client),) = synthesized.properties("AWS::Cognito::UserPoolClient").items()
    flows = {"ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"}
    if synthesized.environment.allows_password_sign_in:
        flows |= {"ALLOW_USER_PASSWORD_AUTH"}
    assert set(client["ExplicitAuthFlows"]) == flows
    assert client["AllowedOAuthFlows"] == ["code"]
    assert client["GenerateSecret"] is False
    assert client["PreventUserExistenceErrors"] == "ENABLED"
    assert client["CallbackURLs"] == [f"{origin}/signed-in" for origin in synthesized.environment.web_origins]


def test_the_mail_of_an_invitation_says_where_to_sign_in_as_whom_with_what_and_until_when(synthesized):
    ((_, pool),) = synthesized.properties("AWS::Cognito::UserPool").items()
    body = pool["AdminCreateUserConfig"]["InviteMessageTemplate"]["EmailMessage"]
    for word in (synthesized.environment.web_origins[0], "{username}", "{####}", "within 14 days"):
        assert word in body
    assert pool["Policies"]["PasswordPolicy"]["TemporaryPasswordValidityDays"] == 14
    assert pool["AdminCreateUserConfig"]["AllowAdminCreateUserOnly"]
