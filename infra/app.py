"""The app: ``cdk synth -c environment=local|dev|prod``."""

import sys
from pathlib import Path
from typing import Final

from aws_cdk import Annotations, App, Tags, Validations
from cdk_nag import AwsSolutionsChecks, HIPAASecurityChecks, ServerlessChecks

from infra.bundling import LAMBDA, Bundler, Target, UvBundler
from infra.config import Environment, NobodyHearsAlarms, UnknownEnvironment, environment_named
from infra.constructs.workflow import STATE_MACHINES
from infra.data_stack import DataStack
from infra.http_stack import HttpStack
from infra.service_stack import ServiceStack
from infra.watch_stack import WatchStack

PROJECT: Final = Path(__file__).parents[1]


def build(
    app: App, environment: Environment, bundler: Bundler, *, definitions: Path = STATE_MACHINES
) -> tuple[DataStack, ServiceStack, HttpStack, WatchStack]:
    """Fill an app with the stacks of one environment, and have them checked when it is synthesized.

    Args:
        app: An empty app.
        environment: Where the stacks will be.
        bundler: Who makes the code of functions.
        definitions: Folder of the state machines' definitions.

    Returns:
        The stacks, in the order in which they are deployed.

    Raises:
        NobodyHearsAlarms: The environment keeps data, and no address is given for its alarms.
    """
    if environment.retains_data and not environment.alarm_email:
        raise NobodyHearsAlarms(environment.name)
    prefix = f"bitewing-{environment.name}"
    data = DataStack(app, f"{prefix}-data", environment=environment, bundler=bundler)
    service = ServiceStack(app, f"{prefix}-service", data=data, definitions=definitions)
    http = HttpStack(app, f"{prefix}-http", data=data, service=service)
    watch = WatchStack(app, f"{prefix}-watch", data=data, service=service, http=http)
    Tags.of(app).add("product", "bitewing")
    Tags.of(app).add("environment", environment.name)
    check_when_synthesized(app)
    return data, service, http, watch


def check_when_synthesized(app: App) -> None:
    """Have cdk-nag's packs refuse to synthesize an app with a finding that nobody acknowledged."""
    Validations.of(app).add_plugins(AwsSolutionsChecks(app), HIPAASecurityChecks(app), ServerlessChecks(app))


def main(app: App | None = None) -> None:
    """Synthesize for the environment that the context names.

    Args:
        app: An empty app; by default one with the context that the command line gives.
    """
    app = app or App(analytics_reporting=False)
    context = app.node.try_get_context
    try:
        environment = environment_named(
            context("environment"), alarm_email=context("alarm_email"), text_number=context("text_number")
        )
        target = Target.host() if environment.bundles_for_host else LAMBDA
        bundler = UvBundler(PROJECT, target)
        slow_start = None if bundler.precompiled else _slow_start(target)
        if slow_start and environment.requires_bytecode:
            sys.exit(slow_start)
        stacks = build(app, environment, bundler)
    except (UnknownEnvironment, NobodyHearsAlarms) as error:
        sys.exit(str(error))
    if slow_start:
        Annotations.of(stacks[0]).add_warning_v2("bitewing:not-precompiled", slow_start)
    app.synth()


def _slow_start(target: Target) -> str:
    """Say what is missing for bundles that start fast, and how to get it."""
    return (
        f"No Python {target.python_version} is on this machine, so bundles cannot be compiled beforehand: every cold "
        f"start would take about 2.5 times as long. Get one with `.venv/bin/uv python install {target.python_version}`."
    )


if __name__ == "__main__":
    main()
