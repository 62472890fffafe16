"""Processes that outlive the command that started them, and ports."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

HOST: Final = "127.0.0.1"
_PROC: Final = Path("/proc")
#: Those that this very process started: it has to collect them when they end.
_own: Final[dict[int, subprocess.Popen[bytes]]] = {}


@dataclass(frozen=True, slots=True)
class Running:
    """A process that was started earlier.

    Attributes:
        mark: Part of its command line, so that another process with a reused id is not taken for it.
    """

    pid: int
    port: int
    mark: str


class Detached:
    """A program that keeps running after its starter has ended, remembered in a pid file.

    Args:
        pid_file: Where it is remembered.
        log: Where its output goes; appended to.
        mark: Part of its command line.
    """

    def __init__(self, pid_file: Path, log: Path, *, mark: str) -> None:
        self.pid_file = pid_file
        self.log = log
        self.mark = mark

    def start(self, command: Sequence[str], *, port: int, environment: Mapping[str, str], folder: Path) -> Running:
        """Start it in a session of its own."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                list(command),
                cwd=folder,
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        _own[process.pid] = process
        self.pid_file.write_text(json.dumps({"pid": process.pid, "port": port}))
        return Running(process.pid, port, self.mark)

    def running(self) -> Running | None:
        """The process when it is alive; what is left of a dead one is removed."""
        try:
            remembered = json.loads(self.pid_file.read_text())
            running = Running(int(remembered["pid"]), int(remembered["port"]), self.mark)
        except FileNotFoundError:
            return None
        except (ValueError, KeyError, TypeError):
            self.pid_file.unlink(missing_ok=True)
            return None
        is_it = running.pid in _own or self.mark in command_of(running.pid)
        if is_it and is_alive(running.pid):
            return running
        self.pid_file.unlink(missing_ok=True)
        return None

    def stop(self, *, timeout_s: float) -> bool:
        """End it, at first politely; say whether it was running."""
        running = self.running()
        if running is not None:
            end(running.pid, timeout_s=timeout_s)
        self.pid_file.unlink(missing_ok=True)
        return running is not None

    def last_words(self, *, lines: int = 25) -> str:
        """The end of its log."""
        if not self.log.exists():
            return ""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])


def end(pid: int, *, timeout_s: float) -> None:
    """End a process: ask, wait, then kill."""
    try:
        os.kill(pid, signal.SIGTERM)
        deadline = time.monotonic() + timeout_s
        while time.monotonic() < deadline:
            if not is_alive(pid):
                return
            time.sleep(0.05)
        os.kill(pid, signal.SIGKILL)
        while is_alive(pid):
            time.sleep(0.05)
    except ProcessLookupError:
        return


def is_alive(pid: int) -> bool:
    """Whether a process runs; one that ended and was not yet collected does not."""
    if (own := _own.get(pid)) is None:
        return command_of(pid) != ""
    if own.poll() is None:
        return True
    del _own[pid]
    return False


def command_of(pid: int) -> str:
    """Command line of a process; empty when there is none."""
    return next((command for found, _, command in processes() if found == pid), "")


def processes() -> Iterator[tuple[int, int, str]]:
    """Id, parent's id and command line of every process that runs."""
    if (_PROC / "self" / "stat").exists():
        yield from _linux_processes()
        return
    listing = subprocess.run(["/bin/ps", "-A", "-o", "pid=,ppid=,command="], capture_output=True, text=True, check=True)
    for line in listing.stdout.splitlines():
        pid, parent, *command = line.split(maxsplit=2)
        yield int(pid), int(parent), "".join(command)


def _linux_processes() -> Iterator[tuple[int, int, str]]:
    for folder in _PROC.iterdir():
        if not folder.name.isdigit():
            continue
        try:
            command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
            # The name in brackets may hold anything; what follows the last bracket is: state, parent, ...
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
        except (FileNotFoundError, ProcessLookupError):
            continue  # It ended while we looked.
        if command:
            yield int(folder.name), parent, command


def port_is_free(port: int) -> bool:
    """Whether a server could listen on a port of this machine."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def free_port(preferred: int, *, tries: int = 50) -> int:
    """The preferred port, or the next one above it that is free.

    Raises:
        OSError: None of them is free.
    """
    for port in range(preferred, preferred + tries):
        if port_is_free(port):
            return port
    message = f"None of the ports {preferred} to {preferred + tries - 1} is free."
    raise OSError(message)
