import cfnlint.api
import pytest
from cfnlint.config import ManualArgs

from tests.infra.conftest import STACKS

#: W3005: CDK writes dependencies out that CloudFormation would see by itself; they are redundant and right.
IGNORED = ["W3005"]
#: What CloudFormation takes of each in one template. Source: its user guide, "Understand CloudFormation quotas".
QUOTAS = {"Resources": 500, "Outputs": 200}
#: At the quota itself nothing can be deployed any more. Who reaches this part of it has the time to part the stack by
#: what it is for, as the HTTP interface was parted from the functions.
USED_AT_MOST = 0.8


def findings(body: str) -> list[str]:
    config = ManualArgs(regions=["us-east-1"], ignore_checks=IGNORED)
    return [f"{match.rule.id} {match.message}" for match in cfnlint.api.lint(body, config=config)]


@pytest.mark.parametrize("stack", STACKS)
def test_cfn_lint_finds_nothing_in_a_template(synthesized, stack):
    assert findings(synthesized.path(stack).read_text()) == []


def test_cfn_lint_does_find_a_property_that_does_not_exist():
    body = '{"Resources": {"Queue": {"Type": "AWS::SQS::Queue", "Properties": {"Fast": true}}}}'
    assert len(findings(body)) == 1


@pytest.mark.parametrize(("part", "quota"), QUOTAS.items())
@pytest.mark.parametrize("stack", STACKS)
def test_every_stack_has_room_for_what_comes_next(synthesized, stack, part, quota):
    assert len(synthesized.bodies[stack].get(part, {})) <= USED_AT_MOST * quota


@pytest.mark.parametrize("stack", STACKS)
def test_no_template_needs_a_custom_resource(synthesized, stack):
    kinds = {resource["Type"] for resource in synthesized.bodies[stack]["Resources"].values()}
    assert not [kind for kind in kinds if kind.startswith(("Custom::", "AWS::CloudFormation::CustomResource"))]
