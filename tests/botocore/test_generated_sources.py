"""Random sources of every kind, settings in each profile on the way, variables of all sorts: botocore's answer is ours.

A case is a profile p, mostly a role, whose source is of one kind. Each profile has settings that may matter to a call
for the source: trusted certificates, endpoints, regions, metadata. ASSUME_TEST_SEED decides what is drawn.
"""

import os
from collections import Counter
from dataclasses import dataclass, field

import pytest
import trustme
from botocore.utils import ContainerMetadataFetcher
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from .both import Both, said
from .people import ALICE, BOB, SECRET

SEED = int(os.environ.get("ASSUME_TEST_SEED", "20261126"))
CASES = int(os.environ.get("ASSUME_TEST_CASES", "6"))  # of each kind
KEYS = {"aws_access_key_id": ALICE, "aws_secret_access_key": SECRET}
DEAD = "http://127.0.0.1:9"
SSO = {"sso_account_id": "123456789012", "sso_role_name": "Reader"}
LEGACY = {"sso_start_url": "https://example.awsapps.com/start", "sso_region": "us-east-1"}
# kind: the settings of the source's profile; None: a credential_source of the role itself
SOURCES: dict[str, dict[str, str] | None] = {
    "keys": KEYS,
    "process": {"credential_process": "<home>/prints-alice"},
    "sso session": SSO | {"sso_session": "corp"},
    "sso legacy": SSO | LEGACY,
    "web": {"role_arn": "<r2>", "web_identity_token_file": "<home>/web-identity"},
    "nothing": {},
    "Environment": None,
    "Ec2InstanceMetadata": None,
    "EcsContainer": None,
}
SETTINGS = {
    "ca_bundle": ["<bundle>", "<bundle>", "<home>/other.pem", "<home>/none.pem"],
    "region": ["us-west-2", "eu-west-1"],
    "endpoint_url": ["<sts>", DEAD],
    "services": ["sso", "sts", "dead-sso", "dead-sts", "missing"],
    "ec2_metadata_service_endpoint": ["<sts>", DEAD],
    "ec2_metadata_v1_disabled": ["true"],
    "metadata_service_num_attempts": ["2"],
    "use_dualstack_endpoint": ["true"],
    "ignore_configured_endpoint_urls": ["true"],
    "aws_session_token": ["of-other-keys"],
    "aws_security_token": ["", "of-other-keys"],
    "sso_region": ["us-east-1"],
}
SERVICES = """
[services sso]
sso =
  endpoint_url = <sts>
[services sts]
sts =
  endpoint_url = <sts>
[services dead-sso]
sso =
  endpoint_url = http://127.0.0.1:9
[services dead-sts]
sts =
  endpoint_url = http://127.0.0.1:9
[sso-session corp]
sso_start_url = https://example.awsapps.com/start
sso_region = us-east-1
"""
VARIABLES = {
    "AWS_CA_BUNDLE": ["<bundle>", "<home>/other.pem"],
    "REQUESTS_CA_BUNDLE": ["<bundle>", "<home>/other.pem"],
    "SSL_CERT_FILE": ["<bundle>"],
    "AWS_ENDPOINT_URL": ["<sts>"],
    "AWS_ENDPOINT_URL_SSO": ["<sts>", DEAD],
    "AWS_ENDPOINT_URL_STS": ["<sts>"],
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": ["true"],
    "AWS_DEFAULT_REGION": ["us-east-1"],
    "AWS_ACCESS_KEY_ID": [BOB],
    "AWS_SECRET_ACCESS_KEY": [SECRET],
    "AWS_SESSION_TOKEN": ["", "of-other-keys"],
    "AWS_SECURITY_TOKEN": ["", "of-other-keys"],
    "AWS_ROLE_ARN": ["<r4>"],
    "AWS_WEB_IDENTITY_TOKEN_FILE": ["<home>/web-identity"],
    "AWS_EC2_METADATA_DISABLED": ["false", "false", "true"],
    "AWS_EC2_METADATA_SERVICE_ENDPOINT": ["<sts>", "<sts>", DEAD],
    "AWS_CONTAINER_CREDENTIALS_FULL_URI": ["<sts>/container/task", "http://others.example.com/keys", DEAD],
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": ["/container/task", "", "container"],
    "AWS_CONTAINER_AUTHORIZATION_TOKEN": ["of-another-program"],
    "AWS_METADATA_SERVICE_NUM_ATTEMPTS": ["1"],
}
MACHINE = {"AWS_EC2_METADATA_DISABLED": "false", "AWS_EC2_METADATA_SERVICE_ENDPOINT": "<sts>"}
CONTAINER = {"AWS_CONTAINER_CREDENTIALS_FULL_URI": "<sts>/container/task"}


@dataclass
class Case:
    kind: str
    config: dict[str, dict[str, str]]
    credentials: dict[str, dict[str, str]]
    env: dict[str, str] = field(default_factory=dict)
    fast: bool = True


def some(draw, table, most):
    """A few of the names of a table, each with one of its values; none in half of the cases."""
    names = draw(st.sets(st.sampled_from(sorted(table)), max_size=most)) if draw(st.booleans()) else set()
    return {name: draw(st.sampled_from(table[name])) for name in sorted(names)}


@st.composite
def cases(draw, kind):
    own = SOURCES[kind]
    role = {"role_arn": "<r1>"} | some(draw, SETTINGS, 3)
    config = {"p": role}
    if own is None:
        role["credential_source"] = kind
    elif draw(st.integers(0, 4)) == 0:  # the profile is the source
        config["p"] = {name: value for name, value in some(draw, SETTINGS, 3).items() if "token" not in name} | own
    else:
        role["source_profile"] = "s"
        config["s"] = some(draw, SETTINGS, 3) | own
        if draw(st.integers(0, 4)) == 0:
            role["source_profile"] = "m"
            config["m"] = {"role_arn": "<r3>", "source_profile": "s"} | some(draw, SETTINGS, 2)
    credentials = {}
    if kind == "keys" and draw(st.booleans()):  # in the credentials file, with whatever goes with them
        last = list(config)[-1] if "s" not in config else "s"
        moved = draw(st.sets(st.sampled_from(["aws_session_token", "aws_security_token"])))
        credentials[last] = {name: config[last].pop(name) for name in (*KEYS, *moved) if name in config[last]}
    env = MACHINE | CONTAINER | {"AWS_ACCESS_KEY_ID": BOB, "AWS_SECRET_ACCESS_KEY": SECRET}
    env = {name: value for name, value in env.items() if draw(st.integers(0, 3))}
    if draw(st.booleans()):
        env |= {"AWS_ENDPOINT_URL": "<sts>", "AWS_DEFAULT_REGION": "us-east-1"}
    elif draw(st.integers(0, 3)):  # every call goes out to AWS's own hosts, over TLS
        env["AWS_CA_BUNDLE"] = "<bundle>"
    return Case(kind, config, credentials, env | some(draw, VARIABLES, 4), draw(st.booleans()))


def text(sections, prefix="profile "):
    lines = []
    for name, values in sections.items():
        lines += [f"[{prefix}{name}]", *(f"{key} = {value}" for key, value in values.items())]
    return "\n".join(lines) + "\n"


def asked(both: Both, case: Case):
    """botocore's outcome and ours."""
    both.write(text(case.config) + SERVICES, text(case.credentials, ""))
    env = {"AWS_MAX_ATTEMPTS": "1"} | {name: both.filled(value) for name, value in case.env.items()}
    return both.botocore("p", env), both.ours("p", env, "--no-cache", fast=case.fast)


@pytest.fixture
def sources(both, monkeypatch):
    """What the profiles name, and no waits between tries."""
    monkeypatch.setattr("time.sleep", lambda _: None)
    both.identity()
    both.process()
    monkeypatch.setattr(ContainerMetadataFetcher, "SLEEP_TIME", 0)
    for session in ("corp", LEGACY["sso_start_url"]):
        both.sign_in(session)
    trustme.CA().cert_pem.write_to_path(str(both.home / "other.pem"))
    return both


@pytest.mark.parametrize("kind", SOURCES)
def test_every_kind_of_source_with_random_settings(sources, kind):
    seen: Counter[str] = Counter()
    print(f"ASSUME_TEST_SEED={SEED} ASSUME_TEST_CASES={CASES}")

    @seed(SEED)
    @settings(max_examples=CASES, database=None, phases=(Phase.generate,),
              suppress_health_check=list(HealthCheck))  # fmt: skip
    @given(cases(kind))
    def holds(case):
        theirs, ours = asked(sources, case)
        assert ours.essence == theirs.essence, (theirs, ours, said(ours) if ours.error else "")
        if theirs.error is None:
            assert ours.visits == theirs.visits
        seen["error" if theirs.error else "reached"] += 1

    holds()
    assert seen["reached"] or kind == "nothing", seen
