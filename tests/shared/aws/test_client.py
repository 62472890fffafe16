import pytest
from bitewing.aws.client import S3_READ_TIMEOUT_SECONDS, create_client
from bitewing.files.case_file import MAX_SIZE_BYTES
from botocore.exceptions import NoRegionError, UnknownServiceError

SERVICES = ["dynamodb", "s3", "secretsmanager", "events", "scheduler", "stepfunctions"]


@pytest.fixture(autouse=True)
def in_a_region(monkeypatch):
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)


@pytest.mark.parametrize("service", SERVICES)
def test_no_client_waits_longer_than_a_function_runs(service):
    config = create_client(service).meta.config
    assert config.connect_timeout == 2
    assert config.read_timeout == (70 if service == "s3" else 5)


def test_the_largest_file_is_copied_before_the_client_gives_up_at_the_pace_that_s3_names():
    assert MAX_SIZE_BYTES / 85_000_000 < S3_READ_TIMEOUT_SECONDS


@pytest.mark.parametrize("service", SERVICES)
def test_every_client_tries_four_times_with_standard_backoff(service):
    assert create_client(service).meta.config.retries == {"mode": "standard", "total_max_attempts": 4}


def test_the_region_is_the_one_of_the_environment():
    assert create_client("dynamodb").meta.region_name == "eu-west-1"


@pytest.mark.parametrize("service", SERVICES)
def test_the_endpoint_of_the_environment_is_respected(service, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    assert create_client(service).meta.endpoint_url == "http://127.0.0.1:1"


def test_without_a_region_the_error_says_so(monkeypatch):
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nonexistent")
    with pytest.raises(NoRegionError):
        create_client("dynamodb")


def test_an_unknown_service_is_refused():
    with pytest.raises(UnknownServiceError):
        create_client("dynamite")


def test_a_presigned_request_carries_a_version_4_signature():
    url = create_client("s3").generate_presigned_url("get_object", {"Bucket": "scans", "Key": "arch.stl"})
    assert "X-Amz-Algorithm=AWS4-HMAC-SHA256" in url


def test_a_presigned_request_of_a_local_stack_names_the_bucket_in_its_path(monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://localhost:4566")
    url = create_client("s3").generate_presigned_url("get_object", {"Bucket": "scans", "Key": "arch.stl"})
    assert url.startswith("http://localhost:4566/scans/arch.stl?")
