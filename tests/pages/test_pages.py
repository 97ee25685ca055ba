"""The commands of docs/mfa.md, chains.md, cross-account.md and ci.md work, each as the caller that the page means."""

import json
import re

import pytest

from assume.shells import table

from .book import DOCS, blocks, typed

pytestmark = pytest.mark.once

JOB = {"ACTIONS_ID_TOKEN_REQUEST_URL": "https://token?v=1", "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "gh-token"}
FOR_CI = ("yaml", "json")
PAGES = "install.md mfa.md chains.md cross-account.md ci.md".split()


@pytest.mark.parametrize("page", PAGES)
def test_a_page_has_no_block_that_is_not_run(page):
    known = {"console", "ini", *(table.SHELLS if page == "install.md" else ()), *(FOR_CI if page == "ci.md" else ())}
    text = (DOCS / page).read_text(encoding="utf-8")
    assert {kind for kind, _ in blocks(page)} <= known
    assert text.count("```") == 2 * len(blocks(page))
    assert f"(docs/{page})" in (DOCS.parent / "README.md").read_text(encoding="utf-8")


def test_mfa(play, sts):
    half_a_step = sts.clock() // 30 * 30 + 15
    sts.clock = lambda: half_a_step  # or the step may change between a question and the call
    done = play("mfa.md")
    assert done.asked == ["role-with-mfa"] * 2, "once for two roles, once for the long one"
    assert done.noted == [
        ("cli-role", "terraform plan"),
        ("", "op item get aws --otp"),
        ("deployer", "terraform plan"),
        ("", "ykman oath accounts code --single aws"),
        ("deployer", "terraform plan"),
    ]


def test_chains(play, people):
    done = play("chains.md")
    assert done.noted == [("landing", "terraform plan"), ("workload", "terraform plan")]
    grants = {session.arn.split("/")[1]: session.grant for session in people.sessions.values()}  # the latest of each
    assert {role: (grant.tags, grant.source_identity) for role, grant in grants.items()} == {
        "hub": ((("team", "blue"), ("cost", "42")), "alice"),
        "landing": ((("team", "blue"),), "alice"),
        "workload": ((("team", "blue"),), "alice"),
    }


def test_cross_account(play):
    done = play("cross-account.md")
    assert done.noted == [("partner", "terraform plan")]
    (explained,) = (output for line, _, output in done.lines if line.endswith("--check"))
    assert "7f3c1a" not in explained


def test_ci_with_a_web_identity(play, sts, tmp_path):
    (workflow,) = (text for kind, text in blocks("ci.md") if kind == "yaml")
    step = dict(re.findall(r"^ +(AWS_\w+): (.*)$", workflow, re.MULTILINE))
    step["AWS_WEB_IDENTITY_TOKEN_FILE"] = step["AWS_WEB_IDENTITY_TOKEN_FILE"].replace(
        "${{ runner.temp }}", str(tmp_path)
    )
    done = play("ci.md", "WebIdentity", **JOB, **step, AWS_ENDPOINT_URL=sts.url, AWS_CONFIG_FILE="/none")
    assert (tmp_path / "aws-token").stat().st_mode & 0o777 == 0o600
    assert sorted(done.noted[:2]) + done.noted[2:] == [
        ("", "curl -sSf -H @- https://token?v=1&audience=sts.amazonaws.com"),
        ("", "jq -r .value"),
        ("deployer", "terraform apply"),
        ("deployer", "terraform apply"),
        ("", "worker"),  # --serve: it fetches its credentials
    ]


def test_each_command_for_ci_is_in_one_of_these_tests():
    commands = [line for kind, text in blocks("ci.md") for line, _ in typed(kind, text)]
    assert [line for line in commands if not re.search("WebIdentity|EcsContainer|AWS_CONFIG_FILE", line)] == []


def test_ci_with_a_profile(play):
    assert play("ci.md", "AWS_CONFIG_FILE").noted == [("deployer", "terraform apply")]


def test_ci_with_the_identity_of_a_pod(play, aws_home, sts, tmp_path):
    (tmp_path / "pod-token").write_text(aws_home.machine["AWS_CONTAINER_AUTHORIZATION_TOKEN"])
    pod = {
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": aws_home.machine["AWS_CONTAINER_CREDENTIALS_FULL_URI"],
        "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": str(tmp_path / "pod-token"),
    }
    done = play("ci.md", "EcsContainer", **pod, AWS_REGION="us-west-2", AWS_ENDPOINT_URL=sts.url)
    assert done.noted == [("deployer", "terraform apply")]


def test_the_trust_policy_for_ci_is_one_that_iam_could_take():
    (policy,) = (json.loads(text) for kind, text in blocks("ci.md") if kind == "json")
    (statement,) = policy["Statement"]
    provider = statement["Principal"]["Federated"].partition("oidc-provider/")[2]
    assert statement["Action"] == "sts:AssumeRoleWithWebIdentity"
    assert [*statement["Condition"]["StringEquals"]] == [f"{provider}:aud", f"{provider}:sub"]
