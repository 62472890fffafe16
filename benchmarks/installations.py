"""Ordinary installations to compare with: what an installer writes, with its bytecode."""

import hashlib
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
_REQUIREMENTS: Final = ROOT / "benchmarks" / "baselines" / "requirements.txt"
_UV: Final = Path(sys.executable).with_name("uv")


class InstallationError(Exception):
    """The installer failed; the message is the end of what it said."""


def installation(packages: Sequence[str]) -> Path:
    """Give a directory with these packages and what they need, at the versions of the project.

    Installed once for each lock file and Python, under ``build/``.

    Raises:
        InstallationError: It could not be installed, for example because no package index is in reach.
    """
    inputs = (ROOT / "uv.lock").read_bytes() + _REQUIREMENTS.read_bytes() + sys.version.encode()
    name = "-".join((*packages, hashlib.sha256(inputs).hexdigest()[:16]))
    place = ROOT / "build" / "baselines" / name
    if place.exists():
        return place
    place.parent.mkdir(parents=True, exist_ok=True)
    locked = place.parent / "locked.txt"
    everything = ["--all-groups", "--no-emit-project", "--no-hashes", "--no-annotate", "--no-header"]
    _uv("export", "--quiet", "--locked", *everything, "--output-file", str(locked))
    unfinished = place.with_name(f".{name}")
    constraints = ["--constraint", str(locked), "--constraint", str(_REQUIREMENTS)]
    _uv(
        "pip",
        "install",
        "--quiet",
        "--python",
        sys.executable,
        "--target",
        str(unfinished),
        "--compile-bytecode",
        *constraints,
        *packages,
    )
    unfinished.rename(place)
    return place


def _uv(*arguments: str) -> None:
    done = subprocess.run([str(_UV), *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise InstallationError(done.stderr.strip().splitlines()[-1] if done.stderr.strip() else "no reason given")
