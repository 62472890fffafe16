"""Amazon's DynamoDB Local, which stands for the real thing in tests of stores and where lists are measured."""

import base64
import hashlib
import os
import re
import shutil
import socket
import subprocess
import tarfile
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from local.places import PROJECT, node_environment, npm_command
from local.trouble import Trouble

#: The npm package that carries DynamoDB Local; its license forbids to hand it on, so each machine fetches its own.
_PACKAGE = "amplify-dynamodb-simulator"
_VERSION = "2.9.30"
_INTEGRITY = "xTeeRLvzEfqyd5lh3bH4c0kHvSHHmmhD5ZDsHFKAQ5g2Zl6JqlFdutaQhCLHzxEp6Ry1o7TB6niIoXuQAnSewQ=="
_OLDEST_JAVA = 17
_FOLDER = PROJECT / "build" / "dynamodb-local"


@contextmanager
def dynamodb_local(*, memory_mb: int = 1024) -> Iterator[str]:
    """Run DynamoDB Local, in memory, and give its address.

    Args:
        memory_mb: What its tables may take, MiB.

    Yields:
        Where it answers.

    Raises:
        Trouble: It cannot be had on this machine.
    """
    java = _java()
    emulator = _installed()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [java, f"-Xmx{memory_mb}m", "-Djava.library.path=./DynamoDBLocal_lib", "-jar", "DynamoDBLocal.jar"]
    process = subprocess.Popen(
        [*command, "-inMemory", "-sharedDb", "-disableTelemetry", "-port", str(port)],
        cwd=emulator,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for(process, port)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=20)


def _wait_for(process: "subprocess.Popen[bytes]", port: int) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        if process.poll() is not None:
            raise Trouble(f"DynamoDB Local ended with {process.returncode}")
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise Trouble("DynamoDB Local did not answer for a minute")


def _java() -> str:
    java = shutil.which("java")
    if java is None:
        raise Trouble(f"DynamoDB Local needs Java {_OLDEST_JAVA}, and there is none")
    said = subprocess.run([java, "-version"], capture_output=True, text=True, check=False).stderr
    match = re.search(r'version "(\d+)', said)
    if match is None or int(match.group(1)) < _OLDEST_JAVA:
        raise Trouble(f"DynamoDB Local needs Java {_OLDEST_JAVA}, and this is {said.splitlines()[:1]}")
    return java


def _installed() -> Path:
    """Folder of DynamoDB Local, fetched by npm where it is not here yet."""
    folder = _FOLDER / _VERSION
    if folder.exists():
        return folder
    _FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=_FOLDER) as scratch:
        try:
            packed = subprocess.run(
                [*npm_command(), "pack", f"{_PACKAGE}@{_VERSION}", "--silent"],
                cwd=scratch,
                env=os.environ | node_environment(),
                capture_output=True,
                text=True,
                timeout=180,
                check=True,
            ).stdout.strip()
        except (Trouble, subprocess.SubprocessError) as error:
            raise Trouble(f"npm cannot fetch DynamoDB Local: {error}") from error
        archive = Path(scratch) / packed
        digest = base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
        if digest != _INTEGRITY:
            # No trouble of this machine that a test may skip for.
            raise ValueError("npm fetched another package than the one that is known.")
        unpacked = Path(scratch) / "unpacked"
        with tarfile.open(archive) as members:
            for member in members:
                if not (member.isfile() and member.name.startswith("package/emulator/")):
                    continue
                target = unpacked / member.name.removeprefix("package/emulator/")
                content = members.extractfile(member)
                if content is None or not target.resolve().is_relative_to(unpacked.resolve()):
                    raise ValueError("the package has something else than files of its own folder")
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(content.read())
        try:
            unpacked.rename(folder)
        except OSError:
            # Another process was quicker, or it is real trouble.
            if not folder.exists():
                raise
    return folder
