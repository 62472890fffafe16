"""What the real bundles of all functions are held to."""

import json
import os
import subprocess
import sys
import zipfile
from functools import cache
from pathlib import Path

import pytest
from bitewing.directory.public_holidays import LibraryHolidays
from bitewing.kernel.wire import ROUTES

from benchmarks.events import SETTINGS
from benchmarks.sizes import unpacked_bytes, zipped_bytes
from infra.bundling import Target, UvBundler
from infra.recipes import RECIPES

ROOT = Path(__file__).resolve().parents[2]
FUNCTIONS = sorted(path.parent.name for path in ROOT.glob("functions/*/handler.py"))
APIS = sorted({route.function for route in ROUTES})
MEGABYTE = 1_000_000

#: What costs start-up or memory and belongs in no function; then what belongs only in some.
NOWHERE = {
    "boto3",
    "s3transfer",
    "requests",
    "aws_xray_sdk",
    "aws_lambda_powertools.utilities.idempotency",
    "aws_lambda_powertools.utilities.parameters",
    "pydantic_settings",
    "email_validator",
    "holidays",
    "pydicom",
}
ONLY_IN_APIS = {"aws_lambda_powertools.event_handler"}
#: What is heavy, and in which dependency groups it is.
ONLY_IN = {"highspy": {"solver"}, "numpy": {"inspector", "solver"}, "PIL": {"inspector"}}

#: What of ours costs start-up, and who starts with it; whoever else needs it loads it then.
STARTS_WITH = {
    "bitewing.directory.upkeep_store": {"directory_api", "practice_api"},
    "bitewing.kernel.credentials": {
        *("correction_api", "lab_cases_api", "lab_system_api", "members_api", "practice_api", "scanner_api"),
        *("calendar_feed_api", "schedules_api"),
    },
    "bitewing.precheck.rules": set(),
}
#: What a function does without at its start though others of its kind have it.
STARTS_WITHOUT = {
    "cases_api": {"bitewing.files.case_file", "bitewing.precheck.checked_case", "bitewing.requirements.profile"},
    "case_review_api": {"bitewing.files.case_file", "bitewing.precheck.checked_case", "bitewing.requirements.profile"},
    "reports_api": {"bitewing.cases.case", "bitewing.cases.events", "bitewing.files.case_file"},
}


@cache
def bundle_of(function: str) -> Path:
    return Path(UvBundler(ROOT, Target.host()).asset(function))


@cache
def start_of(function: str) -> dict[str, object]:
    """Import a function's handler where nothing but its bundle is to be had; say what that did."""
    code = f"""
import sys; sys.path[:0] = [{str(bundle_of(function))!r}]
from functions.{function}.handler import handler
assert callable(handler)
import gc, json
loader = sys.modules.get("pydantic.plugin._loader")
found = {{"modules": sorted(sys.modules), "collects_after": gc.get_threshold()[0]}}
print(json.dumps(found | {{"plugins": getattr(loader, "_plugins", None)}}))
"""
    command = [os.path.realpath(sys.executable), "-I", "-S", "-c", code]
    done = subprocess.run(command, env={**SETTINGS}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    start: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    return start


def modules_of(function: str) -> set[str]:
    return set(start_of(function)["modules"])


def test_every_function_has_a_recipe_and_every_recipe_a_function():
    assert sorted(RECIPES) == FUNCTIONS


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_can_be_imported_with_nothing_but_its_bundle(function):
    assert f"functions.{function}.handler" in modules_of(function)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_imports_nothing_heavy_that_it_does_not_use(function):
    unwanted = set(NOWHERE)
    if function not in APIS:
        unwanted |= ONLY_IN_APIS
    unwanted |= {name for name, groups in ONLY_IN.items() if RECIPES[function].group not in groups}
    assert sorted(unwanted & modules_of(function)) == []


@pytest.mark.parametrize("module", STARTS_WITH)
def test_only_who_needs_it_at_once_starts_with_what_is_dear(module):
    assert {function for function in APIS if module in modules_of(function)} <= STARTS_WITH[module]


@pytest.mark.parametrize("function", STARTS_WITHOUT)
def test_a_function_starts_without_what_most_of_its_requests_do_not_need(function):
    assert modules_of(function) & STARTS_WITHOUT[function] == set()


def test_the_bundle_of_the_directory_knows_public_holidays():
    code = f"""
import sys; sys.path[:0] = [{str(bundle_of("directory_api"))!r}]
from bitewing.directory.public_holidays import LibraryHolidays
print(len(LibraryHolidays().days("US-OR", range(2026, 2031))))
"""
    # What it compiles on the way is not to stay in the bundle.
    command = [os.path.realpath(sys.executable), "-I", "-S", "-B", "-c", code]
    done = subprocess.run(command, env={**SETTINGS}, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert int(done.stdout) == len(LibraryHolidays().days("US-OR", range(2026, 2031)))


@pytest.mark.parametrize("function", APIS)
def test_no_start_looks_for_plugins(function):
    assert start_of(function)["plugins"] is None


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_imports_no_other_function(function):
    folders = {name.split(".")[1] for name in modules_of(function) if name.startswith("functions.")}
    assert folders == {function}


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_bundle_holds_no_function_but_its_own(function):
    inside = {path.name for path in (bundle_of(function) / "functions").iterdir() if path.is_dir()}
    assert inside - {"__pycache__"} == {function}


@pytest.mark.parametrize("function", [APIS[0], "message_sender"])
def test_a_bundle_weighs_what_its_zip_does(function, tmp_path):
    with zipfile.ZipFile(tmp_path / "bundle.zip", "w", zipfile.ZIP_DEFLATED) as packed:
        for path in bundle_of(function).rglob("*"):
            if path.is_file():
                packed.write(path, path.relative_to(bundle_of(function)))
    assert zipped_bytes(bundle_of(function)) == (tmp_path / "bundle.zip").stat().st_size


@pytest.mark.parametrize("function", APIS)
def test_an_api_function_is_at_most_25_mb_unpacked(function):
    assert unpacked_bytes(bundle_of(function)) <= 25 * MEGABYTE


@pytest.mark.parametrize("function", APIS)
def test_an_api_function_is_at_most_8_mb_zipped(function):
    assert zipped_bytes(bundle_of(function)) <= 8 * MEGABYTE


@pytest.mark.parametrize("function", sorted(set(FUNCTIONS) - set(APIS)))
def test_any_other_function_fits_into_what_lambda_takes(function):
    assert unpacked_bytes(bundle_of(function)) <= 250 * MEGABYTE
    assert zipped_bytes(bundle_of(function)) <= 50 * MEGABYTE


@pytest.mark.parametrize("function", FUNCTIONS)
def test_the_collector_leaves_the_start_of_a_function_alone(function):
    assert start_of(function)["collects_after"] == 200_000
