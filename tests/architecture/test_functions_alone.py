"""Each function stands alone: imported in a fresh interpreter with its own settings, light, and put together once."""

import ast
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest
from bitewing.kernel.wire import ROUTES

from tools.offline import PROJECT, SETTINGS, function_names, handler_of

HEAVY = {"highspy", "numpy", "PIL"}
#: Heavy is what inspects and what solves, each with its own; what is never deployed is loaded by none.
USES = {"file_inspector": {"numpy", "PIL"}, "case_day_solver": {"highspy", "numpy"}}
NEVER = {"boto3", "moto", "pydicom", "pytest", "jsonschema", "mypy_boto3_dynamodb"}
#: What parses bodies is needed where there are bodies, and where instances are read.
WITHOUT_BODIES = sorted(set(function_names()) - {route.function for route in ROUTES} - {"case_day_solver"})
PLACES = {**SETTINGS, "STATE_MACHINE_ARN": "arn:aws:states:us-east-1:123456789012:stateMachine:sample"}
#: Imports a handler and tells which modules came with it.
PROGRAM = """
import json, sys
import functions.{function}.handler as module
assert callable(module.handler)
print(json.dumps(sorted({{name.partition(".")[0] for name in sys.modules}} | {{
    name for name in sys.modules if name.startswith(("bitewing.", "functions."))
}})))
"""


def settings_of(function: str) -> set[str]:
    """Names of the variables that a function reads."""
    if not (PROJECT / "functions" / function / "wiring.py").exists():
        return set()
    handler_of(function)
    wiring = sys.modules[f"functions.{function}.wiring"]
    return {field.name.upper() for field in fields(wiring.Settings)}


def imported_alone(function: str, settings: dict[str, str]) -> subprocess.CompletedProcess[str]:
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": f"{PROJECT / 'shared'}{os.pathsep}{PROJECT}",
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "POWERTOOLS_SERVICE_NAME": function,
        **settings,
    }
    return subprocess.run(
        [sys.executable, "-c", PROGRAM.format(function=function)],
        env=environment,
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
    )


def imported_by(tree: ast.AST) -> set[str]:
    """Names of the packages that a module imports, wherever in it."""
    names = [(node.module or "") for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    names += [name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names]
    return {name.partition(".")[0] for name in names}


def deployed() -> Iterator[tuple[Path, ast.AST]]:
    """Every module that is deployed."""
    paths = [*(PROJECT / "functions").rglob("*.py"), *(PROJECT / "shared").rglob("*.py")]
    assert len(paths) > 200
    for path in paths:
        yield path, ast.parse(path.read_text())


@pytest.fixture(scope="module")
def modules():
    """Which modules come with each function."""
    found = {}
    for function in function_names():
        answer = imported_alone(function, {name: PLACES[name] for name in settings_of(function)})
        assert answer.returncode == 0, answer.stderr
        found[function] = set(json.loads(answer.stdout))
    return found


def test_every_function_can_be_imported_with_its_settings_and_nothing_else(modules):
    assert set(modules) == set(function_names())


@pytest.mark.parametrize("function", function_names())
def test_only_the_inspector_loads_what_reads_scans_and_only_the_solver_what_solves(modules, function):
    assert modules[function] & HEAVY == USES.get(function, set())


@pytest.mark.parametrize("function", function_names())
def test_only_the_writer_of_prescriptions_loads_what_prints(modules, function):
    assert ("typst" in modules[function]) is (function == "rx_writer")


@pytest.mark.parametrize("function", function_names())
def test_no_function_loads_what_is_not_deployed(modules, function):
    assert modules[function] & NEVER == set()


@pytest.mark.parametrize("function", WITHOUT_BODIES)
def test_functions_without_bodies_do_without_their_reader(modules, function):
    assert "pydantic" not in modules[function]


@pytest.mark.parametrize("function", function_names())
def test_no_function_loads_another(modules, function):
    others = {name.split(".")[1] for name in modules[function] if name.startswith("functions.")} - {function}
    assert others == set()


@pytest.mark.parametrize("function", [each for each in function_names() if settings_of(each)])
def test_a_function_without_its_settings_says_which_are_missing(function):
    answer = imported_alone(function, {})
    assert answer.returncode != 0
    last = answer.stderr.strip().splitlines()[-1]
    assert last.startswith("bitewing.aws.settings.SettingsMissing: these environment variables are not set: ")
    assert set(last.partition("not set: ")[2].split(", ")) == settings_of(function)


#: They take no body, and answer with pages for people.
ANSWER_WITH_PAGES = {"unsubscribe_api"}


@pytest.mark.parametrize("function", function_names())
def test_a_folder_has_a_handler_what_it_is_made_of_and_the_bodies_of_an_api(function):
    files = {path.name for path in (PROJECT / "functions" / function).glob("*.py")} - {"__init__.py"}
    wanted = {"handler.py"}
    if function != "access_token":
        wanted.add("wiring.py")
    if function in {route.function for route in ROUTES} - ANSWER_WITH_PAGES:
        wanted.add("schemas.py")
    assert files == wanted


@pytest.mark.parametrize("function", function_names())
def test_a_handler_reads_no_environment_and_no_clock_and_knows_no_client(function):
    source = (PROJECT / "functions" / function / "handler.py").read_text()
    assert (
        imported_by(ast.parse(source)) & {"os", "time", "datetime", "boto3", "botocore", "requests", "__future__"}
        == set()
    )


@pytest.mark.parametrize("function", function_names())
def test_a_handler_is_short_enough_to_be_read_at_once(function):
    assert len((PROJECT / "functions" / function / "handler.py").read_text().splitlines()) <= 240


@pytest.mark.parametrize("function", sorted({route.function for route in ROUTES}))
def test_no_route_decides_anything(function):
    """A handler translates: a branch in a route would be a rule in the wrong place."""
    tree = ast.parse((PROJECT / "functions" / function / "handler.py").read_text())
    routes = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.decorator_list]
    assert routes
    for route in routes:
        branches = [
            node for node in ast.walk(route) if isinstance(node, ast.If | ast.For | ast.While | ast.Try | ast.Match)
        ]
        assert branches == [], route.name


def test_what_is_deployed_names_each_module_that_it_needs_in_an_import():
    """A bundle has what imports name: a module that is found otherwise would be missing there."""
    finders = {"importlib", "pkgutil", "runpy", "__import__"}
    for path, tree in deployed():
        named = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
        assert (imported_by(tree) | named) & finders == set(), path


def test_tools_and_tests_are_not_imported_by_what_is_deployed():
    for path, tree in deployed():
        assert imported_by(tree) & {"tools", "tests", "local", "infra"} == set(), path
