"""Calling a function with a sample event, without a stack."""

import json

import pytest

from local import commands
from local.stack import LocalStack
from local.terminal import console
from local.trouble import Trouble
from tools.offline import SAMPLES, read_sample


def test_a_sample_is_answered_without_a_stack(monkeypatch, tmp_path):
    monkeypatch.setattr(commands, "LocalStack", lambda: LocalStack(tmp_path))
    with console.capture() as capture:
        assert commands.invoke(function="directory_api", sample="reads_who_calls") == 0
    text = capture.get()
    assert "not running" in text
    assert json.loads(text[text.index("{") :])["statusCode"] == 200


def test_what_there_is_not_is_said_with_what_there_is():
    with pytest.raises(Trouble, match="no sample 'nothing'"):
        commands.invoke(function="cases_api", sample="nothing")
    with pytest.raises(Trouble, match="no function 'nothing'"):
        commands.invoke(function="nothing", sample="")


def test_a_sample_is_read_as_it_lies_there():
    text = (SAMPLES / "file_intake" / "gives_up.json").read_text()
    assert read_sample("file_intake", "gives_up") == json.loads(text)
