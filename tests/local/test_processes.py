"""Processes that outlive their starter, and ports."""

import os
import socket
import subprocess
import sys
import time

import pytest

from local.processes import HOST, Detached, end, free_port, is_alive, port_is_free, processes

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)  # a sleeper"]
STUBBORN = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("deaf", flush=True)
time.sleep(60)
"""


@pytest.fixture
def detached(tmp_path):
    detached = Detached(tmp_path / "it.json", tmp_path / "it.log", mark="a sleeper")
    yield detached
    detached.stop(timeout_s=1)


def start(detached, tmp_path, command=SLEEP):
    return detached.start(command, port=4242, environment=os.environ, folder=tmp_path)


def test_a_started_process_is_found_again_by_its_pid_file(detached, tmp_path):
    started = start(detached, tmp_path)
    again = Detached(detached.pid_file, detached.log, mark="a sleeper")
    assert again.running() == started
    assert again.running().port == 4242


def test_stopping_ends_the_process_and_forgets_it(detached, tmp_path):
    started = start(detached, tmp_path)
    assert detached.stop(timeout_s=5)
    assert not is_alive(started.pid)
    assert not detached.pid_file.exists()
    assert not detached.stop(timeout_s=5)


def test_a_pid_file_of_a_dead_process_is_removed(detached, tmp_path):
    started = start(detached, tmp_path)
    end(started.pid, timeout_s=5)
    assert detached.running() is None
    assert not detached.pid_file.exists()


def test_another_process_with_the_same_id_is_not_taken_for_it(detached):
    detached.pid_file.write_text(f'{{"pid": {os.getpid()}, "port": 1}}')
    assert detached.running() is None


@pytest.mark.parametrize("content", ["", "{", "[]", '{"pid": "x", "port": 1}', '{"port": 1}', "null"])
def test_a_broken_pid_file_counts_as_none(detached, content):
    detached.pid_file.write_text(content)
    assert detached.running() is None


def test_its_last_words_are_the_end_of_its_log(detached):
    assert detached.last_words() == ""
    detached.log.write_text("\n".join(str(number) for number in range(100)))
    assert detached.last_words(lines=2) == "98\n99"


def test_a_process_that_does_not_listen_is_killed():
    with subprocess.Popen([sys.executable, "-c", STUBBORN], stdout=subprocess.PIPE) as stubborn:
        stubborn.stdout.readline()
        end(stubborn.pid, timeout_s=0.2)
        deadline = time.monotonic() + 5
        while is_alive(stubborn.pid) and time.monotonic() < deadline:
            time.sleep(0.02)
        assert not is_alive(stubborn.pid)


def test_ending_a_process_that_is_gone_is_no_error():
    with subprocess.Popen([sys.executable, "-c", ""]) as gone:
        gone.wait()
    end(gone.pid, timeout_s=1)


def test_processes_are_listed_with_their_parents():
    with subprocess.Popen(SLEEP) as child:
        listed = {pid: (parent, command) for pid, parent, command in processes()}
        child.kill()
    assert listed[child.pid][0] == os.getpid()
    assert "a sleeper" in listed[child.pid][1]


def test_of_a_taken_port_the_next_free_one_is_chosen():
    with socket.socket() as taken:
        taken.bind((HOST, 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert not port_is_free(port)
        assert free_port(port) > port
        with pytest.raises(OSError, match="None of the ports"):
            free_port(port, tries=1)
