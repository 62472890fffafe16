"""The local stack: the emulator with the project's own CDK app deployed on it."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import boto3
from botocore.config import Config

from local.emulator import ACCOUNT, REGION, Emulator
from local.places import LOCAL, PROJECT, cdk_command, node_environment
from local.trouble import Trouble

if TYPE_CHECKING:
    from botocore.client import BaseClient

#: The running stack of ``make run``. Tests have folders of their own.
MAIN_FOLDER: Final = LOCAL / "run"
ENVIRONMENT_NAME: Final = "local"
SYNTH_TIMEOUT_S: Final = 600
DEPLOY_TIMEOUT_S: Final = 300
#: How the CDK command line reports one resource: stack | done/total | time | state | type | name.
_RESOURCE_LINE: Final = re.compile(r"^(?P<stack>\S+) \|\s*(?P<done>\d+)/(?P<total>\d+) \|")
_MADE_OF: Final = (
    "cdk.json",
    "package-lock.json",
    "pyproject.toml",
    "uv.lock",
    "functions",
    "infra",
    "shared",
    "statemachines",
)
Report = Callable[[str], None]


def _silent(_: str) -> None:
    """Report to nobody."""


@dataclass(frozen=True, slots=True)
class Outputs:
    """What the deployed stacks tell about themselves, by output name.

    Attributes:
        values: Name of an output to its value, over all stacks.
    """

    values: Mapping[str, str]

    def __getitem__(self, name: str) -> str:
        """Value of an output.

        Raises:
            Trouble: No stack has it.
        """
        try:
            return self.values[name]
        except KeyError:
            known = ", ".join(sorted(self.values))
            raise Trouble(f"No deployed stack has the output {name}; there are: {known}.") from None


@dataclass(frozen=True, slots=True)
class FunctionAnswer:
    """What a function gave.

    Attributes:
        error: Why it failed; empty when it did not.
    """

    payload: Any
    error: str


class LocalStack:
    """One local stack: an emulator and what is deployed on it.

    Args:
        folder: Where everything of this stack is kept.
        wait_scale: Factor on every wait of a state machine.
    """

    def __init__(self, folder: Path = MAIN_FOLDER, *, wait_scale: float = 1) -> None:
        self.folder = folder
        self.emulator = Emulator(folder, wait_scale=wait_scale)
        self._clients: dict[str, BaseClient] = {}

    # --- Life -------------------------------------------------------------------------------------------

    def start(self, port: int) -> None:
        """Start the emulator; nothing is deployed yet."""
        self.emulator.start(port)

    def stop(self) -> bool:
        """Stop it; say whether it was running."""
        self._clients.clear()
        return self.emulator.stop()

    def reset(self) -> None:
        """Forget everything that was deployed and stored."""
        self.emulator.reset()

    def kill_functions(self) -> int:
        """Kill the process of every function, as a crash would; say how many there were."""
        return self.emulator.kill_functions()

    # --- Deployment -------------------------------------------------------------------------------------

    def bootstrap(self) -> bool:
        """Give the CDK its own bucket and roles on the emulator; say whether it was needed."""
        cloudformation = self.client("cloudformation")
        stacks = cloudformation.describe_stacks()["Stacks"]
        if any(stack["StackName"] == "CDKToolkit" for stack in stacks):
            return False
        self._cdk(["bootstrap", f"aws://{ACCOUNT}/{REGION}"], timeout_s=DEPLOY_TIMEOUT_S)
        return True

    def deploy(self, assembly: Path, *, report: Report = _silent) -> Outputs:
        """Deploy every stack of a synthesized app; what did not change is left alone.

        Args:
            assembly: Folder that ``synthesize`` gave.
            report: Is told how far the deployment is.
        """
        self._cdk(
            ["--app", str(assembly), "deploy", "--all", "--concurrency", "5", "--require-approval", "never",
             "--progress", "events"],
            timeout_s=DEPLOY_TIMEOUT_S,
            report=_resources(report),
        )  # fmt: skip
        self._mend_cors(assembly)
        self._verify_sender()
        return self.outputs()

    @property
    def is_deployed(self) -> bool:
        """Whether any of the app's stacks is there, in whatever state."""
        stacks = self.client("cloudformation").describe_stacks()["Stacks"]
        return any(stack["StackName"].startswith(f"bitewing-{ENVIRONMENT_NAME}") for stack in stacks)

    def outputs(self) -> Outputs:
        """What the deployed stacks tell about themselves.

        Raises:
            Trouble: Nothing is deployed.
        """
        stacks = self.client("cloudformation").describe_stacks()["Stacks"]
        values = {
            output["OutputKey"]: output["OutputValue"]
            for stack in stacks
            if stack["StackName"] != "CDKToolkit"
            for output in stack.get("Outputs", [])
            if not output["OutputKey"].startswith("ExportsOutput")
        }
        if not values:
            raise Trouble("Nothing is deployed on the local stack.", do="Run `make run` again.")
        return Outputs(values)

    # --- Use --------------------------------------------------------------------------------------------

    @property
    def api_url(self) -> str:
        """Address of the HTTP API for browsers and curl, which look up ``*.localhost`` by themselves."""
        return f"http://{self.outputs()['ApiId']}.execute-api.localhost:{self.emulator.port}"

    @property
    def api_url_by_path(self) -> str:
        """Address of the same API for programs that do not, such as Python's."""
        return f"{self.emulator.url}/_aws/execute-api/{self.outputs()['ApiId']}/$default"

    def allow_origins(self, *origins: str) -> None:
        """Let pages of these origins call the API, beside those of the environment."""
        gateway, api_id = self.client("apigatewayv2"), self.outputs()["ApiId"]
        cors = gateway.get_api(ApiId=api_id)["CorsConfiguration"]
        cors["AllowOrigins"] = sorted({*cors.get("AllowOrigins", []), *origins})
        gateway.update_api(ApiId=api_id, CorsConfiguration=cors)

    def invoke(self, function: str, event: object) -> FunctionAnswer:
        """Call a function with an event, and wait for what it gives.

        Args:
            function: Its name in the project, such as ``cases_api``.
        """
        answer = self.client("lambda").invoke(
            FunctionName=f"bitewing-{ENVIRONMENT_NAME}-{function.replace('_', '-')}",
            Payload=json.dumps(event).encode(),
        )
        payload = json.loads(answer["Payload"].read() or b"null")
        return FunctionAnswer(payload, payload.get("errorMessage", "failed") if "FunctionError" in answer else "")

    def client(self, service: str) -> Any:
        """A boto3 client of this stack."""
        if service not in self._clients:
            session = boto3.Session(
                aws_access_key_id=ACCOUNT,
                aws_secret_access_key="local",  # noqa: S106 - the emulator takes any
                region_name=REGION,
            )
            self._clients[service] = session.client(
                service,
                endpoint_url=self.emulator.url,
                config=Config(retries={"total_max_attempts": 2}, s3={"addressing_style": "path"}),
            )
        return self._clients[service]

    @property
    def environment(self) -> dict[str, str]:
        """Variables with which any AWS program talks to this stack instead of the cloud."""
        return {
            "AWS_ENDPOINT_URL": self.emulator.url,
            "AWS_ACCESS_KEY_ID": ACCOUNT,
            "AWS_SECRET_ACCESS_KEY": "local",
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_DISABLE_HOST_PREFIX_INJECTION": "true",
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def _cdk(self, arguments: Sequence[str], *, timeout_s: float, report: Report = _silent) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        run_cdk(
            arguments,
            # Away from cdk.json, else every command would synthesize the app again.
            folder=self.folder,
            environment=self.environment,
            log=self.folder / "cdk.log",
            timeout_s=timeout_s,
            report=report,
        )

    def _mend_cors(self, assembly: Path) -> None:
        """Set what the emulator's CloudFormation stores wrongly, else browsers are refused.

        The settings are those of the template, so local and cloud stay the same.
        """
        wanted = _cors_by_api_name(assembly)
        gateway = self.client("apigatewayv2")
        for api in gateway.get_apis()["Items"]:
            if (cors := wanted.get(api["Name"])) is not None:
                gateway.update_api(ApiId=api["ApiId"], CorsConfiguration=cors)

    def _verify_sender(self) -> None:
        """Do what an operator does once in an account: verify the domain that mails come from."""
        name = f"bitewing-{ENVIRONMENT_NAME}-message-sender"
        settings = self.client("lambda").get_function_configuration(FunctionName=name)
        domain = settings["Environment"]["Variables"]["MAIL_SENDER"].rpartition("@")[2].rstrip(">")
        mails = self.client("sesv2")
        if domain not in {each["IdentityName"] for each in mails.list_email_identities()["EmailIdentities"]}:
            mails.create_email_identity(EmailIdentity=domain)


def synthesize(assembly: Path, *, report: Report = _silent) -> None:
    """Write the cloud assembly of the ``local`` environment: templates and bundles.

    It needs no account, and no network once the packages are cached. An assembly of the same sources is
    left as it is.

    Args:
        assembly: The folder to write; made new.
        report: Is told each line of the app's output.
    """
    mark, made_of = assembly / "made-of.txt", _fingerprint()
    if mark.exists() and mark.read_text() == made_of:
        report("nothing changed since the last time")
        return
    shutil.rmtree(assembly, ignore_errors=True)
    run_cdk(
        ["synth", "--quiet", "--context", f"environment={ENVIRONMENT_NAME}", "--output", str(assembly)],
        folder=PROJECT,
        environment={"AWS_REGION": REGION, "AWS_DEFAULT_REGION": REGION},
        log=assembly.parent / "cdk.log",
        timeout_s=SYNTH_TIMEOUT_S,
        report=report,
    )
    mark.write_text(made_of)


def _fingerprint() -> str:
    """A digest of everything that the assembly is made of."""
    digest = hashlib.sha256(sys.version.encode())
    for name in _MADE_OF:
        place = PROJECT / name
        files = sorted(place.rglob("*")) if place.is_dir() else [place]
        for file in files:
            if file.is_file() and file.suffix != ".pyc":
                digest.update(f"{file.relative_to(PROJECT)}\0".encode())
                digest.update(file.read_bytes())
    return digest.hexdigest()


def run_cdk(
    arguments: Sequence[str],
    *,
    folder: Path,
    environment: Mapping[str, str],
    log: Path,
    timeout_s: float,
    report: Report = _silent,
) -> None:
    """Run the CDK command line and pass on what it says.

    Raises:
        Trouble: It fails or takes longer than its time; with the end of what it said.
    """
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    log.parent.mkdir(parents=True, exist_ok=True)
    said: list[str] = []
    started = time.monotonic()
    with (
        log.open("w") as written,
        subprocess.Popen(
            [*cdk_command(), *arguments, "--ci", "--no-notices", "--no-color"],
            cwd=folder,
            env=inherited | node_environment() | dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        ) as process,
    ):
        overdue = threading.Timer(timeout_s, _kill_session, (process.pid,))
        overdue.start()
        try:
            for line in process.stdout or ():
                written.write(line)
                if stripped := line.strip():
                    said.append(stripped)
                    report(stripped)
        except KeyboardInterrupt:
            _kill_session(process.pid)
            raise
        finally:
            overdue.cancel()
    if process.returncode != 0:
        what = next(word for word in arguments if word in {"bootstrap", "synth", "deploy"})
        late = time.monotonic() - started >= timeout_s
        why = f"took longer than {timeout_s:g} s" if late else "failed"
        raise Trouble(f"`cdk {what}` {why}.", do=f"All of it is in {log}.", log="\n".join(said[-40:]))


def _kill_session(pid: int) -> None:
    """Kill a program that leads a session, and all that it started."""
    with suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)


def _resources(report: Report) -> Report:
    """Turn the deployment's lines into sums: how many resources of all stacks are done."""
    counts: dict[str, tuple[int, int]] = {}

    def read(line: str) -> None:
        if match := _RESOURCE_LINE.match(line):
            counts[match["stack"]] = (int(match["done"]), int(match["total"]))
            done, total = (sum(count[side] for count in counts.values()) for side in (0, 1))
            report(f"{done} of {total} resources, {len(counts)} stacks")

    return read


def _cors_by_api_name(assembly: Path) -> dict[str, dict[str, Any]]:
    found = {}
    for template in assembly.glob("**/*.template.json"):
        for resource in json.loads(template.read_text()).get("Resources", {}).values():
            properties = resource.get("Properties", {})
            if resource["Type"] == "AWS::ApiGatewayV2::Api" and "CorsConfiguration" in properties:
                found[properties["Name"]] = properties["CorsConfiguration"]
    return found
