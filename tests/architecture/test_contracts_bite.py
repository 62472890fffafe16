"""Each import contract is broken once on purpose, in a copy, and must notice."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import NamedTuple

import pytest

PROJECT = Path(__file__).resolve().parents[2]
CONTRACTS = tomllib.loads((PROJECT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
NAMES = {contract["id"]: contract["name"] for contract in CONTRACTS}


class Offense(NamedTuple):
    """One line that breaks one contract."""

    contract: str
    file: str
    line: str


OFFENSES = (
    Offense("decisions", "shared/bitewing/cases/case.py", "import time"),
    Offense("decisions", "shared/bitewing/precheck/precheck.py", "import pydantic"),
    Offense("decisions", "shared/bitewing/packet/packet.py", "from bitewing.directory import store"),
    Offense("use-cases", "shared/bitewing/cases/service.py", "from bitewing.cases import store"),
    Offense("use-cases", "shared/bitewing/directory/service.py", "import os"),
    Offense("use-cases", "shared/bitewing/cases/correction_service.py", "from bitewing.cases import correction_store"),
    Offense("bodies", "shared/bitewing/files/store.py", "from bitewing.files import bodies"),
    Offense("bodies", "shared/bitewing/files/service.py", "from bitewing.cases import packet_bodies"),
    Offense("kernel", "shared/bitewing/kernel/ids.py", "from bitewing.packet import packet"),
    Offense("aws", "shared/bitewing/aws/table.py", "from bitewing.cases import case"),
    Offense("clients", "functions/cases_api/handler.py", "import botocore.session"),
    Offense("clients", "shared/bitewing/files/inspecting/formats.py", "import botocore.session"),
    Offense("boto3", "shared/bitewing/aws/client.py", "import boto3"),
    Offense("functions", "functions/files_api/handler.py", "import functions.cases_api.handler"),
    Offense("direction", "shared/bitewing/cases/store.py", "import functions.cases_api.handler"),
    Offense("infra", "infra/config.py", "from bitewing.cases import status"),
    Offense("use-cases", "shared/bitewing/webhooks/sending.py", "from bitewing.webhooks import calling"),
    Offense("decisions", "shared/bitewing/webhooks/address.py", "import socket"),
    Offense("decisions", "shared/bitewing/match_runs/building.py", "from bitewing.matching import options"),
    Offense("heavy", "functions/cases_api/handler.py", "import numpy"),
    Offense("heavy", "functions/files_api/handler.py", "import typst"),
    Offense("decisions", "shared/bitewing/rx/sheet.py", "import segno"),
    Offense("use-cases", "shared/bitewing/rx/service.py", "from bitewing.rx.printing import printer"),
    Offense("heavy", "shared/bitewing/cases/store.py", "from bitewing.files.inspecting import formats"),
    Offense("heavy", "shared/bitewing/match_runs/gathering.py", "from bitewing.matching import options"),
    Offense("solver", "shared/bitewing/match_runs/writing.py", "from bitewing.match_runs import store"),
    Offense("numbers", "functions/case_day_solver/handler.py", "import highspy"),
)


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """A copy of everything that the contracts speak about."""
    folder = tmp_path_factory.mktemp("copy")
    for name in ("shared", "functions", "infra"):
        shutil.copytree(PROJECT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(PROJECT / "pyproject.toml", folder)
    return folder


def broken_contracts(folder: Path) -> set[str]:
    answer = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-logo", "--cache-dir", folder / ".cache"],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": "shared:.", "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Contracts:" in answer.stdout, answer.stdout + answer.stderr
    found = {re.sub(r" BROKEN.*", "", line) for line in answer.stdout.splitlines() if " BROKEN" in line}
    return {contract for contract, name in NAMES.items() if name in found}


def test_the_project_keeps_every_contract(copy):
    assert broken_contracts(copy) == set()


@pytest.mark.parametrize("offense", OFFENSES, ids=lambda offense: f"{offense.contract}: {offense.line}")
def test_a_contract_notices_the_line_that_breaks_it(copy, offense):
    file = copy / offense.file
    kept = file.read_text()
    file.write_text(f"{kept}\n{offense.line}\n")
    try:
        assert offense.contract in broken_contracts(copy)
    finally:
        file.write_text(kept)


def test_every_contract_is_broken_on_purpose():
    assert {offense.contract for offense in OFFENSES} == set(NAMES)


def test_every_module_of_the_product_has_a_role():
    """A new file in a room must decide, solve, be a use case, a store or bodies, or a contract would not see it."""
    roles = [each for each in CONTRACTS if each["id"] in {"decisions", "use-cases", "solver"}]
    named = {module for each in roles for module in each["source_modules"]}
    # Stores and bodies beside those of their room: what decides must not know them.
    hidden = [each for each in CONTRACTS if each["id"] in {"decisions", "use-cases", "bodies"}]
    named |= {module for each in hidden for module in each["forbidden_modules"]}
    source = PROJECT / "shared"
    strays = []
    for file in (source / "bitewing").rglob("*.py"):
        module = ".".join(file.relative_to(source).with_suffix("").parts)
        if file.name in {"__init__.py", "service.py", "store.py", "bodies.py"}:
            continue
        if {module, *(module.rsplit(".", count)[0] for count in range(1, module.count(".")))} & named:
            continue
        strays.append(module)
    assert strays == []
