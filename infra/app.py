"""The app: ``cdk synth -c environment=local|dev|prod``."""

import sys
from pathlib import Path
from typing import Final

from aws_cdk import Annotations, App, Tags, Validations
from cdk_nag import AwsSolutionsChecks, HIPAASecurityChecks, ServerlessChecks

from infra.bundling import LAMBDA, Bundler, Target, UvBundler
from infra.config import Environment, UnknownEnvironment, environment_named
from infra.constructs.workflow import STATE_MACHINES
from infra.data_stack import DataStack
from infra.service_stack import ServiceStack
from infra.watch_stack import WatchStack

PROJECT: Final = Path(__file__).parents[1]


def build(
    app: App, environment: Environment, bundler: Bundler, *, definitions: Path = STATE_MACHINES
) -> tuple[DataStack, ServiceStack, WatchStack]:
    """Fill an app with the stacks of one environment, and have them checked when it is synthesized.

    Args:
        app: An empty app.
        environment: Where the stacks will be.
        bundler: Who makes the code of functions.
        definitions: Folder of the state machines' definitions.

    Returns:
        The stacks, in the order in which they are deployed.
    """
    prefix = f"bitewing-{environment.name}"
    data = DataStack(app, f"{prefix}-data", environment=environment, bundler=bundler)
    service = ServiceStack(app, f"{prefix}-service", data=data, definitions=definitions)
    watch = WatchStack(app, f"{prefix}-watch", data=data, service=service)
    Tags.of(app).add("product", "bitewing")
    Tags.of(app).add("environment", environment.name)
    check_when_synthesized(app)
    return data, service, watch


def check_when_synthesized(app: App) -> None:
    """Have cdk-nag's packs refuse to synthesize an app with a finding that nobody acknowledged."""
    Validations.of(app).add_plugins(AwsSolutionsChecks(app), HIPAASecurityChecks(app), ServerlessChecks(app))


def main(app: App | None = None) -> None:
    """Synthesize for the environment that the context names.

    Args:
        app: An empty app; by default one with the context that the command line gives.
    """
    app = app or App(analytics_reporting=False)
    try:
        environment = environment_named(app.node.try_get_context("environment"))
    except UnknownEnvironment as error:
        sys.exit(str(error))
    target = Target.host() if environment.bundles_for_host else LAMBDA
    bundler = UvBundler(PROJECT, target)
    stacks = build(app, environment, bundler)
    if not bundler.precompiled:
        Annotations.of(stacks[0]).add_warning_v2(
            "bitewing:not-precompiled",
            f"No Python {target.python_version} is on this machine, so bundles are not compiled beforehand: "
            "cold starts take about 2.5 times as long.",
        )
    app.synth()


if __name__ == "__main__":
    main()
