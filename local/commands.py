"""The commands of the local stack, as a person calls them."""

from __future__ import annotations

import json
import re
import subprocess
import time
from pathlib import Path
from typing import Final

from rich.markup import escape
from rich.table import Table

from local import emulator
from local.case_days_seed import MORE_PEOPLE, seed_case_days
from local.page import DOCUMENT, ApiPage
from local.places import LOCAL, PROJECT, cdk_command, node_environment, npm_command
from local.processes import free_port
from local.seed import PASSWORD, PEOPLE, seed
from local.stack import MAIN_FOLDER, LocalStack, synthesize
from local.terminal import console, step
from local.trouble import Trouble
from local.walk import Walk

#: Where the stack and its API page listen unless these ports are taken.
PORT: Final = 4566
PAGE_PORT: Final = 8080
ASSEMBLY: Final = LOCAL / "cdk.out"
#: What a deployment says that misses an export of another stack.
_MISSING_EXPORT: Final = re.compile(r"Export\b.*\bnot found", re.IGNORECASE)


def install() -> None:
    """Install the CDK command line and the emulator, where they are missing."""
    try:
        cdk_command()
    except Trouble:
        with step("Installing the CDK command line"):
            _npm_ci()
    if not emulator.is_installed():
        with step("Installing the emulator in an environment of its own"):
            emulator.install()


def run(*, scans: Path | None, port: int | None) -> None:
    """Start, deploy, seed, walk a practice's day, and stay up."""
    if scans is not None and not scans.is_dir():
        raise Trouble(f"There is no folder {scans}.", do="SCANS= takes a folder with an upper and a lower scan.")
    started = time.monotonic()
    install()
    stack = LocalStack()
    went_on = stack.emulator.is_healthy()
    with step("Finding the running emulator" if went_on else "Starting the emulator"):
        stack.start(port or free_port(PORT))
    if port is not None and stack.emulator.port != port:
        raise Trouble(f"The stack already runs on port {stack.emulator.port}.", do="Call `make stop` first.")
    if stack.emulator.port != (port or PORT):
        console.print(f"    Port {PORT} is taken by another program, so it listens on {stack.emulator.port}.")
    with step("Preparing the account for CDK") as report:
        stack.bootstrap()
    with step("Synthesizing the app for the local environment") as report:
        synthesize(ASSEMBLY, report=report)
    _deploy(stack)
    with step("Serving the API page"):
        _serve_page(stack)
    with step("Seeding organizations and people"):
        seed(stack)
        seed_case_days(stack)
    ready_s = time.monotonic() - started
    Walk(stack, scans=scans).tell()
    total_s = time.monotonic() - started
    console.print()
    _describe(stack)
    start = "warm" if went_on else "cold"
    console.print(f"[dim]Ready after {ready_s:.0f} s, walked after {total_s:.0f} s ({start} start).[/dim]")


def stop() -> None:
    """Stop the stack; what was deployed and stored is forgotten."""
    ApiPage(MAIN_FOLDER).stop()
    was_running = LocalStack().stop()
    console.print("The local stack is stopped." if was_running else "The local stack was not running.")


def status() -> int:
    """Say what runs, with addresses and sign-ins."""
    stack = LocalStack()
    if not stack.emulator.is_running:
        console.print("The local stack is not running. Start it with `make run`.")
        return 1
    if not stack.emulator.is_healthy():
        raise Trouble("The emulator runs but does not answer.", do="Call `make stop`, then `make run`.")
    _describe(stack)
    return 0


def invoke(*, function: str, sample: str) -> int:
    """Call a function with one of its sample events: of the running stack, else in this process."""
    from tools.offline import Offline, function_names, read_sample, sample_names  # noqa: PLC0415 - needed only here

    if function not in function_names():
        raise Trouble(f"There is no function {function!r}.", do=f"FUNCTION= takes {', '.join(function_names())}.")
    if sample not in sample_names(function):
        names = ", ".join(sample_names(function))
        raise Trouble(f"{function} has no sample {sample!r}.", do=f"SAMPLE= takes {names}.")
    event = read_sample(function, sample)
    stack = LocalStack()
    if not stack.emulator.is_healthy():
        console.print("The local stack is not running, so AWS is played in this process, with the sample cases.")
        with Offline() as offline:
            console.print_json(json.dumps(offline.invoke(function, event)))
        return 0
    answer = stack.invoke(function, event)
    console.print_json(json.dumps(answer.payload))
    if answer.error:
        console.print(f"[red]  ✗ The function failed: {escape(answer.error)}[/red]")
        return 1
    return 0


def lint() -> int:
    """Check style, types and import contracts."""
    from local.checks import lint as check  # noqa: PLC0415 - the checks' tools are not needed to run

    return check()


def test() -> int:
    """Check everything and say what ran."""
    from local.checks import test as check  # noqa: PLC0415 - the checks' tools are not needed to run

    return check()


def _deploy(stack: LocalStack) -> None:
    """Deploy; where the emulator misses a new export, deploy on an empty one. Any other trouble is told.

    It takes a stack with nothing but new exports for unchanged, and then misses them in the stack that
    imports them.
    """
    was_deployed = stack.is_deployed
    try:
        with step("Deploying all stacks") as report:
            stack.deploy(ASSEMBLY, report=report)
    except Trouble as trouble:
        if not was_deployed or _MISSING_EXPORT.search(trouble.log) is None:
            raise
        console.print(f"    {escape(trouble.says)}")
        console.print("    The emulator cannot add the export in place, so it starts anew and empty.")
        with step("Deploying all stacks on an empty emulator") as report:
            stack.reset()
            stack.bootstrap()
            stack.deploy(ASSEMBLY, report=report)


def _serve_page(stack: LocalStack) -> None:
    if not DOCUMENT.exists():
        return
    page = ApiPage(stack.folder)
    page.stop()
    port = free_port(PAGE_PORT)
    page.start(port, api_url=stack.api_url)
    stack.allow_origins(f"http://127.0.0.1:{port}", f"http://localhost:{port}")


def _npm_ci() -> None:
    import os  # noqa: PLC0415

    answer = subprocess.run(
        [*npm_command(), "ci", "--no-audit", "--no-fund"],
        cwd=PROJECT,
        env=os.environ | node_environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    if answer.returncode != 0:
        raise Trouble(
            "npm could not install the CDK command line.",
            do="Is the npm registry reachable?",
            log=answer.stderr,
        )


def _describe(stack: LocalStack) -> None:
    outputs = stack.outputs()
    about = Table(box=None, show_header=False, padding=(0, 2))
    about.add_row("API", stack.api_url)
    if (page := ApiPage(stack.folder).url) is not None:
        about.add_row("API page", page)
    about.add_row("AWS endpoint", f"{stack.emulator.url}  (region {emulator.REGION}, any credentials)")
    about.add_row("Log", str(stack.emulator.log))
    about.add_row("Stop", "make stop  (the next run deploys and seeds anew)")
    console.print("[bold]The local stack is up.[/bold]")
    console.print(about)
    console.print()
    people = Table(box=None, padding=(0, 2), title="Sign-ins", title_justify="left")
    for title in ("person", "e-mail", "roles", "organization"):
        people.add_column(title)
    for person in (*PEOPLE, *MORE_PEOPLE):
        people.add_row(person.name, person.email, ", ".join(person.roles), person.organization_id)
    console.print(people)
    console.print(f"  Their password is {PASSWORD}. An access token of the first, for the API page:")
    request = {
        "ClientId": outputs["WebClientId"],
        "AuthFlow": "USER_PASSWORD_AUTH",
        "AuthParameters": {"USERNAME": PEOPLE[0].email, "PASSWORD": PASSWORD},
    }
    console.print(
        f"  curl -s {stack.emulator.url} \\\n"
        "    -H 'X-Amz-Target: AWSCognitoIdentityProviderService.InitiateAuth' \\\n"
        "    -H 'Content-Type: application/x-amz-json-1.1' \\\n"
        f"    -d '{json.dumps(request)}'",
        style="dim",
        soft_wrap=True,
    )
    console.print()
