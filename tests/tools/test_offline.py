"""Each test has an AWS of its own, although what it begins with was stored only once."""

import json

import pytest
from bitewing.aws.clock import now
from moto.ses.models import ses_backends
from moto.stepfunctions.models import stepfunctions_backends

from tools import offline
from tools.offline import REGION, SETTINGS, STARTS, Offline
from tools.sample_things import NOON

TABLE = {"TableName": SETTINGS["TABLE_NAME"]}
POOL = {"UserPoolId": SETTINGS["USER_POOL_ID"]}
QUEUE = {"QueueUrl": SETTINGS["WEBHOOK_QUEUE_URL"]}
BUCKETS = {"arrivals": "ARRIVALS_BUCKET", "quarantine": "QUARANTINE_BUCKET", "files": "FILES_BUCKET"}
DRAFT = {"pk": {"S": "CASE#DRAFT0000001"}, "sk": {"S": "CASE"}}
ACCOUNT = "123456789012"


def at_noon():
    return Offline(clock=lambda: NOON)


def objects_in(aws, bucket):
    s3, name = aws.client("s3"), {"Bucket": SETTINGS[bucket]}
    keys = [each["Key"] for each in s3.list_objects_v2(**name).get("Contents", ())]
    return {key: s3.get_object(**name, Key=key)["Body"].read() for key in keys}


def open_uploads(aws):
    uploads = aws.client("s3").list_multipart_uploads(Bucket=SETTINGS["ARRIVALS_BUCKET"]).get("Uploads", ())
    return {
        upload["Key"]: len(
            aws.client("s3").list_parts(
                Bucket=SETTINGS["ARRIVALS_BUCKET"], Key=upload["Key"], UploadId=upload["UploadId"]
            )["Parts"]
        )
        for upload in uploads
    }


def people_of(aws):
    cognito = aws.client("cognito-idp")
    return {
        person["Username"]: (
            person["Enabled"],
            json.dumps(sorted(person["Attributes"], key=lambda each: each["Name"])),
            sorted(
                group["GroupName"]
                for group in cognito.admin_list_groups_for_user(**POOL, Username=person["Username"])["Groups"]
            ),
        )
        for person in cognito.list_users(**POOL)["Users"]
    }


def all_of(aws):
    """Everything that there is, in every service that something is created in."""
    secrets, machines = aws.client("secretsmanager"), aws.client("stepfunctions")
    states = stepfunctions_backends[ACCOUNT][REGION]
    return {
        "table": aws.items(),
        **{bucket: objects_in(aws, variable) for bucket, variable in BUCKETS.items()},
        "open uploads": open_uploads(aws),
        "people": people_of(aws),
        "secrets": [
            secrets.get_secret_value(SecretId=SETTINGS[f"{kind}_SECRET_ARN"])["SecretString"]
            for kind in ("CURSOR", "CARRIER")
        ],
        "queue": aws.client("sqs").get_queue_attributes(**QUEUE, AttributeNames=["ApproximateNumberOfMessages"])[
            "Attributes"
        ],
        "senders": [each["IdentityName"] for each in aws.client("sesv2").list_email_identities()["EmailIdentities"]],
        "mails": len(ses_backends[ACCOUNT][REGION].sent_messages),
        "buses": [each["Name"] for each in aws.client("events").list_event_buses()["EventBuses"]],
        "machines": sorted(each["name"] for each in machines.list_state_machines()["stateMachines"]),
        "executions": [execution.name for machine in states.state_machines for execution in machine.executions],
    }


def change_everything(aws):
    """Add, change or remove something in every service."""
    dynamodb, s3, cognito = aws.client("dynamodb"), aws.client("s3"), aws.client("cognito-idp")
    dynamodb.put_item(**TABLE, Item={"pk": {"S": "new"}, "sk": {"S": "new"}})
    dynamodb.update_item(
        **TABLE, Key=DRAFT, UpdateExpression="SET version = :seven", ExpressionAttributeValues={":seven": {"N": "7"}}
    )
    key = next(iter(objects_in(aws, "FILES_BUCKET")))
    s3.delete_object(Bucket=SETTINGS["FILES_BUCKET"], Key=key)
    for variable in BUCKETS.values():
        s3.put_object(Bucket=SETTINGS[variable], Key="new", Body=b"new")
    (upload, *_) = s3.list_multipart_uploads(Bucket=SETTINGS["ARRIVALS_BUCKET"])["Uploads"]
    s3.abort_multipart_upload(Bucket=SETTINGS["ARRIVALS_BUCKET"], Key=upload["Key"], UploadId=upload["UploadId"])
    (person, *_) = cognito.list_users(**POOL)["Users"]
    cognito.admin_delete_user(**POOL, Username=person["Username"])
    for kind in ("CURSOR", "CARRIER"):
        aws.client("secretsmanager").put_secret_value(SecretId=SETTINGS[f"{kind}_SECRET_ARN"], SecretString="new")
    aws.client("sqs").send_message(**QUEUE, MessageBody="new")
    aws.client("sesv2").send_email(
        FromEmailAddress="no-reply@offline.bitewing.example",
        Destination={"ToAddresses": ["new@practice.example"]},
        Content={"Simple": {"Subject": {"Data": "new"}, "Body": {"Text": {"Data": "new"}}}},
    )
    aws.client("sesv2").create_email_identity(EmailIdentity="new.example")
    aws.client("events").create_event_bus(Name="new")
    for machine in STARTS.values():
        aws.client("stepfunctions").start_execution(
            stateMachineArn=f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:{machine}", name="new", input="{}"
        )
    aws.client("stepfunctions").create_state_machine(
        name="new", definition="{}", roleArn=f"arn:aws:iam::{ACCOUNT}:role/new"
    )


def test_what_one_changes_the_next_does_not_see():
    with at_noon() as first:
        begun = all_of(first)
        change_everything(first)
        left = all_of(first)
    assert [name for name in begun if begun[name] == left[name]] == []
    for _ in range(2):
        with at_noon() as following:
            assert all_of(following) == begun
            change_everything(following)
            assert all_of(following) == left


def test_what_is_taken_over_is_what_would_be_created(monkeypatch):
    monkeypatch.setattr(offline, "_kept", {})
    with at_noon() as first:
        created = all_of(first)
    monkeypatch.setattr(Offline, "_create", lambda _: pytest.fail("it is created once more"))
    with at_noon() as second:
        assert all_of(second) == created
    assert len(created["table"]) > 100
    assert all(created[name] for name in created.keys() - {"quarantine", "mails", "executions"})


def test_what_is_dated_by_another_clock_is_stored_for_it():
    dated = []
    for clock in (lambda: NOON, now, lambda: NOON):
        with Offline(clock=clock) as aws:
            dated.append(aws.items()["CASE#DRAFT0000001", "CASE"]["created_at"])
    assert dated[0] == dated[2] != dated[1]


def test_within_one_that_is_open_there_is_no_other():
    with at_noon() as outer:
        change_everything(outer)
        left = all_of(outer)
        with pytest.raises(outer.client("dynamodb").exceptions.ResourceInUseException), at_noon():
            pass
        assert all_of(outer) == left
