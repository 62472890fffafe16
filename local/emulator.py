"""The emulator's process: AWS on one port of this machine, without Docker."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

import requests

from local import whole_mails
from local.places import LOCAL, PROJECT, uv
from local.processes import HOST, Detached, is_alive, port_is_free, processes
from local.trouble import Trouble

REGION: Final = "us-east-1"
#: The account that the emulator plays.
ACCOUNT: Final = "000000000000"
#: The emulator's virtual environment: nothing but the emulator, because its packages leak into functions.
ENVIRONMENT: Final = LOCAL / "emulator"
LOCK: Final = PROJECT / "local" / "emulator" / "requirements.txt"
_PYTHON: Final = ENVIRONMENT / "bin" / "python"
#: Starts it so that mails are kept whole; without its folder among those in which Python looks for modules (-P).
_PROGRAM: Final = Path(whole_mails.__file__)
_MARK: Final = ENVIRONMENT / "installed.txt"
START_TIMEOUT_S: Final = 60
STOP_TIMEOUT_S: Final = 20
#: The emulator gives the program of each function's process this name.
WORKER_MARK: Final = "_worker.py"
#: Variables of the machine that the emulator, and so every function, may see. Nothing else leaks in.
PASSED_ON: Final = ("PATH", "HOME", "LANG", "LC_ALL", "SSL_CERT_FILE", "SSL_CERT_DIR")


class Emulator:
    """One emulator with a folder of its own. A stop forgets what was deployed and stored.

    The emulator could keep its state, but not the table's stream: it would resume at a position that the
    new stream reaches much later, and drop every event until then.

    Args:
        folder: Where its log, pid file and state are kept.
        wait_scale: Factor on every wait of a state machine; tests shrink hours to moments with it.
    """

    def __init__(self, folder: Path, *, wait_scale: float = 1) -> None:
        self.folder = folder
        self.wait_scale = wait_scale
        self._process = Detached(folder / "emulator.json", folder / "emulator.log", mark=_PROGRAM.name)

    @property
    def is_running(self) -> bool:
        """Whether its process is alive."""
        return self._process.running() is not None

    @property
    def port(self) -> int:
        """Port of the running emulator.

        Raises:
            Trouble: It does not run.
        """
        if (running := self._process.running()) is None:
            raise Trouble("The local stack is not running.", do="Start it with `make run`.")
        return running.port

    @property
    def url(self) -> str:
        """Address of every AWS service of the running emulator."""
        return f"http://{HOST}:{self.port}"

    @property
    def log(self) -> Path:
        """What the emulator and its functions said."""
        return self._process.log

    @property
    def mails(self) -> Path:
        """Where mails are that it took, as they travel: one file each, ``*.eml``, in the order in which they came."""
        return self.folder / "mails"

    def is_healthy(self, *, timeout_s: float = 5) -> bool:
        """Whether the emulator runs and answers."""
        running = self._process.running()
        return running is not None and _answers(running.port, timeout_s=timeout_s)

    def start(self, port: int) -> None:
        """Start on a port; one that already runs and answers is left as it is, wherever it listens.

        Raises:
            Trouble: The port is taken, or the emulator ends or stays silent at start; with its log.
        """
        if self.is_healthy(timeout_s=15):
            return
        self.stop()
        if not port_is_free(port):
            raise Trouble(f"Port {port} is taken by another program.", do="Choose another one with PORT=….")
        scratch = self.folder / "tmp"
        shutil.rmtree(scratch, ignore_errors=True)
        scratch.mkdir(parents=True)
        self._forget_mails()
        running = self._process.start(
            [str(_PYTHON), "-P", str(_PROGRAM), str(self.mails)],
            port=port,
            environment=self._environment(port, scratch),
            folder=self.folder,
        )
        deadline = time.monotonic() + START_TIMEOUT_S
        while not _answers(port, timeout_s=1):
            if self._process.running() != running:
                raise Trouble("The emulator ended while it started.", log=self._process.last_words())
            if time.monotonic() > deadline:
                self.stop()
                raise Trouble(f"The emulator said nothing for {START_TIMEOUT_S} s.", log=self._process.last_words())
            time.sleep(0.1)

    def stop(self) -> bool:
        """Stop the emulator and its functions; say whether it was running."""
        workers = self.function_processes()
        was_running = self._process.stop(timeout_s=STOP_TIMEOUT_S)
        for pid in workers:
            _kill(pid)
        shutil.rmtree(self.folder / "tmp", ignore_errors=True)
        self._forget_mails()
        return was_running

    def reset(self) -> None:
        """Forget everything that was deployed and stored; about a second."""
        requests.post(f"{self.url}/_ministack/reset", timeout=60).raise_for_status()
        self._forget_mails()

    def _forget_mails(self) -> None:
        shutil.rmtree(self.mails, ignore_errors=True)
        self.mails.mkdir(parents=True)

    def function_processes(self) -> tuple[int, ...]:
        """Processes that run functions now: one for each function that was called, more after a burst."""
        return tuple(pid for pid, _ in self._function_processes())

    def _function_processes(self) -> tuple[tuple[int, str], ...]:
        """These processes, each with its command line."""
        running = self._process.running()
        if running is None:
            return ()
        return tuple(
            (pid, command) for pid, parent, command in processes() if parent == running.pid and WORKER_MARK in command
        )

    def kill_functions(self) -> int:
        """Kill every process that runs a function, as a crash would; say how many there were.

        A call that runs fails; the next call of each function starts anew. The unpacked bundles of the dead,
        some 70 MB each, are removed: the emulator forgets them.
        """
        scratch = self.folder / "tmp"
        killed = 0
        for pid, command in self._function_processes():
            killed += _kill(pid)
            for word in command.split():
                bundle = Path(word).parent
                if word.endswith(WORKER_MARK) and bundle.parent == scratch:
                    shutil.rmtree(bundle, ignore_errors=True)
        return killed

    def _environment(self, port: int, scratch: Path) -> dict[str, str]:
        kept = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
        return kept | {
            "GATEWAY_PORT": str(port),
            "BIND_HOST": HOST,
            "MINISTACK_REGION": REGION,
            "TMPDIR": str(scratch),
            "SFN_WAIT_SCALE": str(self.wait_scale),
            "PYTHONUNBUFFERED": "1",
            # Listeners on fixed ports that nothing here uses.
            "IOT_MTLS_ENABLED": "0",
            "SFTP_ENABLED": "0",
        }


def is_installed() -> bool:
    """Whether the emulator's environment is there, with the locked packages and this interpreter."""
    return _PYTHON.exists() and _MARK.exists() and _MARK.read_text() == _wanted()


def install() -> None:
    """Make the emulator's environment.

    It has the interpreter of this environment: functions run on it, and their packages are bundled for it.

    Raises:
        Trouble: The packages cannot be had.
    """
    for command in (
        ["venv", "--clear", "--python", sys.executable, str(ENVIRONMENT)],
        ["pip", "install", "--require-hashes", "--python", str(_PYTHON), "--requirements", str(LOCK)],
    ):
        answer = subprocess.run([uv(), "--quiet", *command], capture_output=True, text=True, check=False)
        if answer.returncode != 0:
            raise Trouble(
                "The emulator could not be installed.",
                do="Is the package index reachable?",
                log=answer.stderr,
            )
    _MARK.write_text(_wanted())


def _wanted() -> str:
    return f"{sys.version}\n{LOCK.read_text()}"


def _answers(port: int, *, timeout_s: float) -> bool:
    try:
        return requests.get(f"http://{HOST}:{port}/_ministack/health", timeout=timeout_s).ok
    except requests.RequestException:
        return False


def _kill(pid: int) -> bool:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return False
    # The emulator must find it gone, not going, else it hands the next call to it.
    while is_alive(pid):
        time.sleep(0.005)
    return True
