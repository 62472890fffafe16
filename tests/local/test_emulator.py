"""The emulator's process: start, stop, crash, go on."""

import io
import json
import zipfile

import pytest

from local import emulator as emulators
from local.emulator import Emulator
from local.processes import free_port, is_alive
from local.stack import LocalStack
from local.trouble import Trouble

HANDLER = """
import os
def handler(event, context):
    if event.get("wait"):
        import time
        time.sleep(30)
    return {"pid": os.getpid(), "sees": sorted(os.environ)}
"""
FIRST_PORT = 4900


@pytest.fixture(scope="module", autouse=True)
def _installed():
    if not emulators.is_installed():
        emulators.install()


@pytest.fixture(scope="module")
def stack(tmp_path_factory):
    stack = LocalStack(tmp_path_factory.mktemp("stack"))
    stack.start(free_port(FIRST_PORT))
    yield stack
    stack.stop()


@pytest.fixture(scope="module")
def call(stack):
    """Gives a way to call one small function."""
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("index.py", HANDLER)
    stack.client("lambda").create_function(
        FunctionName="small",
        Runtime="python3.14",
        Role="arn:aws:iam::000000000000:role/any",
        Handler="index.handler",
        Code={"ZipFile": code.getvalue()},
    )

    def call_it(event=None):
        answer = stack.client("lambda").invoke(FunctionName="small", Payload=json.dumps(event or {}).encode())
        return json.loads(answer["Payload"].read())

    return call_it


def test_it_answers_once_it_is_started_and_a_second_start_changes_nothing(stack):
    port = stack.emulator.port
    stack.start(port + 1)
    assert stack.emulator.is_healthy()
    assert stack.emulator.port == port


def test_a_mail_is_kept_as_it_travels_until_everything_is_forgotten(stack):
    ses = stack.client("sesv2")
    ses.create_email_identity(EmailIdentity="desk.example")
    content = b"From: a@desk.example\r\nTo: b@desk.example\r\nSubject: One\r\n\r\nText.\r\n"
    ses.send_email(
        FromEmailAddress="a@desk.example",
        Destination={"ToAddresses": ["b@desk.example"]},
        Content={"Raw": {"Data": content}},
    )
    (kept,) = stack.emulator.mails.iterdir()
    assert kept.read_bytes() == content
    stack.emulator.reset()
    assert list(stack.emulator.mails.iterdir()) == []


def test_another_stack_on_the_same_port_is_refused(stack, tmp_path):
    with pytest.raises(Trouble, match="is taken by another program"):
        Emulator(tmp_path).start(stack.emulator.port)


def test_a_stack_that_does_not_run_says_how_to_start_it(tmp_path):
    assert not Emulator(tmp_path).is_running
    with pytest.raises(Trouble, match="make run"):
        _ = Emulator(tmp_path).url


def test_functions_do_not_see_the_variables_of_the_machine(call, monkeypatch):
    sees = set(call()["sees"])
    assert "AWS_ENDPOINT_URL" in sees
    assert not {"PYTHONPATH", "VIRTUAL_ENV", "PYTEST_CURRENT_TEST"} & sees


def test_a_killed_function_starts_anew_at_the_next_call(stack, call):
    before = call()["pid"]
    assert stack.emulator.function_processes() == (before,)
    assert stack.kill_functions() == 1
    assert call()["pid"] != before


def test_a_stop_ends_the_functions_too_and_forgets_them(stack, call):
    pid, port = call()["pid"], stack.emulator.port
    assert stack.stop()
    assert not stack.emulator.is_healthy()
    assert not is_alive(pid)
    stack.start(port)
    assert stack.client("lambda").list_functions()["Functions"] == []


def test_a_crashed_emulator_is_noticed_and_started_again(stack):
    port = stack.emulator.port
    stack.emulator._process.stop(timeout_s=0)
    assert not stack.emulator.is_running
    stack.start(port)
    assert stack.emulator.is_healthy()


def test_an_emulator_that_ends_at_its_start_shows_its_log(tmp_path, monkeypatch):
    monkeypatch.setattr(emulators, "PASSED_ON", ())
    broken = Emulator(tmp_path)
    monkeypatch.setattr(broken, "_environment", lambda _port, _scratch: {"GATEWAY_PORT": "not a port"})
    with pytest.raises(Trouble, match="ended while it started") as trouble:
        broken.start(free_port(FIRST_PORT + 50))
    assert "not a port" in trouble.value.log


def test_a_silent_emulator_is_given_up_and_stopped(tmp_path, monkeypatch):
    monkeypatch.setattr(emulators, "START_TIMEOUT_S", 0)
    silent = Emulator(tmp_path)
    with pytest.raises(Trouble, match="said nothing"):
        silent.start(free_port(FIRST_PORT + 50))
    assert not silent.is_running


def test_a_reset_forgets_everything(tmp_path):
    stack = LocalStack(tmp_path)
    stack.start(free_port(FIRST_PORT + 50))
    try:
        stack.client("s3").create_bucket(Bucket="soon-gone")
        stack.reset()
        assert stack.client("s3").list_buckets()["Buckets"] == []
        with pytest.raises(Trouble, match="Nothing is deployed"):
            stack.outputs()
    finally:
        stack.stop()
