"""One synthesis of every environment for all tests of the infrastructure: each costs seconds."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
from aws_cdk import App
from aws_cdk.assertions import Template

from infra.app import build
from infra.bundling import SourceOnly
from infra.config import ENVIRONMENTS, Environment
from infra.data_stack import DataStack
from infra.http_stack import HttpStack
from infra.service_stack import ServiceStack
from infra.watch_stack import WatchStack

PROJECT = Path(__file__).parents[2]
#: In the order in which they are deployed.
STACKS = ("data", "service", "http", "watch")
ON_CALL = "operations@bitewing.example"
#: Definitions as small as they may be: what infrastructure adds to a definition does not depend on its states.
PLACEHOLDERS = {
    "file_intake": ("file_inspector", "file_intake"),
    "case_submission": ("case_submission", "rx_writer"),
    "profile_recheck": ("profile_recheck",),
    "case_day_matching": ("case_day_solver", "case_day_matching"),
}


def definition(*placeholders: str, **more: object) -> str:
    """Give the definition of a state machine that invokes the functions behind placeholders in turn."""
    states = {
        name: {
            "Type": "Task",
            "Resource": "arn:aws:states:::lambda:invoke",
            "Arguments": {"FunctionName": f"${{{name}}}"},
            **({"Next": then} if then else {"End": True}),
        }
        for name, then in zip(placeholders, [*placeholders[1:], None], strict=True)
    }
    return json.dumps(
        {"QueryLanguage": "JSONata", "StartAt": placeholders[0], "TimeoutSeconds": 60, "States": states} | more
    )


@dataclass(frozen=True)
class Synthesized:
    """What one environment was synthesized to."""

    environment: Environment
    folder: Path

    @cached_property
    def bodies(self) -> Mapping[str, dict[str, Any]]:
        """Templates by stack."""
        return {stack: json.loads(self.path(stack).read_text()) for stack in STACKS}

    def path(self, stack: str) -> Path:
        return self.folder / f"bitewing-{self.environment.name}-{stack}.template.json"

    def template(self, stack: str) -> Template:
        return Template.from_json(self.bodies[stack])

    def resources(self, kind: str) -> Iterator[tuple[str, dict[str, Any]]]:
        """Give name and body of every resource of a type, of all stacks."""
        for body in self.bodies.values():
            for name, resource in body["Resources"].items():
                if resource["Type"] == kind:
                    yield name, resource

    def properties(self, kind: str) -> dict[str, dict[str, Any]]:
        """Give the properties of every resource of a type, by name."""
        return {name: resource["Properties"] for name, resource in self.resources(kind)}

    def exporting(self, value: Mapping[str, str]) -> str:
        """Give the name of the resource whose ARN a stack imports from another."""
        (exported,) = (
            output["Value"]
            for body in self.bodies.values()
            for output in body.get("Outputs", {}).values()
            if output.get("Export", {}).get("Name") == value["Fn::ImportValue"]
        )
        name, attribute = exported["Fn::GetAtt"]
        assert attribute == "Arn"
        return name

    def function(self, name: str) -> dict[str, Any]:
        """Give the properties of one function."""
        wanted = f"functions.{name}.handler.handler"
        (found,) = (p for p in self.properties("AWS::Lambda::Function").values() if p["Handler"] == wanted)
        return found


class Synthesizer:
    """Synthesizes with sources and definitions that no one else changes."""

    def __init__(self, place: Path) -> None:
        self._place = place
        for path in (place / "functions", place / "definitions"):
            path.mkdir()
        (place / "functions" / "handler.py").write_text("def handler(event, context): ...\n")
        for name, placeholders in PLACEHOLDERS.items():
            (place / "definitions" / f"{name}.asl.json").write_text(definition(*placeholders))
        self._context = json.loads((PROJECT / "cdk.json").read_text())["context"]

    def app(self, outdir: str, **context: str) -> App:
        return App(context=self._context | context, outdir=str(self._place / outdir), analytics_reporting=False)

    def place_of(self, outdir: str) -> Path:
        return self._place / outdir

    def build(self, app: App, environment: Environment) -> tuple[DataStack, ServiceStack, HttpStack, WatchStack]:
        return build(app, environment, SourceOnly(self._place), definitions=self._place / "definitions")

    def synthesize(self, environment: Environment, outdir: str) -> Synthesized:
        app = self.app(outdir)
        self.build(app, environment)
        app.synth()
        return Synthesized(environment, self._place / outdir)


@pytest.fixture(scope="session")
def synthesizer(tmp_path_factory) -> Synthesizer:
    return Synthesizer(tmp_path_factory.mktemp("infra"))


@pytest.fixture(scope="session")
def everywhere(synthesizer) -> Mapping[str, Synthesized]:
    """Every environment, synthesized, by name; those that keep data call someone."""
    called = {n: replace(it, alarm_email=ON_CALL) if it.retains_data else it for n, it in ENVIRONMENTS.items()}
    return {name: synthesizer.synthesize(it, name) for name, it in called.items()}


@pytest.fixture(scope="session", params=sorted(ENVIRONMENTS))
def synthesized(request, everywhere) -> Synthesized:
    return everywhere[request.param]


@pytest.fixture(scope="session")
def prod(everywhere) -> Synthesized:
    return everywhere["prod"]


@pytest.fixture(scope="session")
def local(everywhere) -> Synthesized:
    return everywhere["local"]
