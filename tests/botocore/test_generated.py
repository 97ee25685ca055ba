"""Two hundred random sets of profiles: botocore and we reach the same identity by the same calls, or neither does.

ASSUME_TEST_SEED decides what is drawn; the seed is printed.
"""

import os
from collections import Counter
from dataclasses import dataclass, field

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from .both import Both, said
from .people import ALICE, BOB, HARDWARE, SECRET, SERIAL

SEED = int(os.environ.get("ASSUME_TEST_SEED", "20261124"))
CASES = int(os.environ.get("ASSUME_TEST_CASES", "200"))
NAMES = ["a", "b", "c", "d d", "default"]
HEADERS = {"a": ["profile a", 'profile "a"', "profiles a"], "d d": ['profile "d d"', r"profile d\ d"],
           "default": ["default", "profile default"]}  # fmt: skip
KEYS = [{"aws_access_key_id": key_id, "aws_secret_access_key": SECRET} for key_id in (ALICE, BOB)]
HALF = {"aws_access_key_id": ALICE}
PROCESS = {"credential_process": "<home>/prints-alice"}
SSO = {"sso_session": "corp", "sso_account_id": "123456789012", "sso_role_name": "Reader"}
CORP = "[sso-session corp]\nsso_start_url = https://example.awsapps.com/start\nsso_region = us-east-1\n"
ROLES = ["<r1>", "<r2>", "<r3>", "<wants-mfa>", "arn:aws:iam::123456789012:role/not-there", "r1"]


def mostly(usual, *others):
    """`usual` more often than not."""
    return st.one_of(
        st.just(usual),
        st.just(usual),
        *(each if isinstance(each, st.SearchStrategy) else st.just(each) for each in others),
    )


SETTINGS = {
    "external_id": st.sampled_from(["42", "Corp/2024:x@y,z=1", "", "x"]),
    "duration_seconds": st.sampled_from(["900", "1800", "3600", "3601", "7_200", "43200", "899", "1h", ""]),
    "role_session_name": st.sampled_from(["me@example.com", "me", "", "x", "a b"]),
    "mfa_serial": st.sampled_from([SERIAL, HARDWARE, "arn:aws:iam::123456789012:mfa/bob", ""]),
    "region": st.sampled_from(["us-west-2", "eu-west-1", "aws-global", "", "us_west"]),
    "sts_regional_endpoints": st.sampled_from(["legacy", "regional", "both"]),
    "use_dualstack_endpoint": st.sampled_from(["true", "false"]),
    "endpoint_url": st.sampled_from(["<sts>"]),
    "output": st.sampled_from(["json", "yes # or no"]),
    "s3": st.just("\n  region = nowhere\n  role_arn = x"),
}
VARIABLES = {
    "AWS_DEFAULT_REGION": st.sampled_from(["us-east-1", "eu-west-1"]),
    "AWS_REGION": st.just("us-east-2"),
    "AWS_PROFILE": st.sampled_from(NAMES),
    "AWS_DEFAULT_PROFILE": st.sampled_from([*NAMES, "gone"]),
    "AWS_ACCESS_KEY_ID": mostly(BOB, ""),
    "AWS_SECRET_ACCESS_KEY": st.just(SECRET),
    "AWS_ROLE_ARN": st.just("<r4>"),
    "AWS_WEB_IDENTITY_TOKEN_FILE": st.just("<home>/web-identity"),
    "AWS_ROLE_SESSION_NAME": st.just("of-the-environment"),
    "AWS_STS_REGIONAL_ENDPOINTS": st.sampled_from(["legacy", "regional"]),
    "AWS_USE_DUALSTACK_ENDPOINT": st.sampled_from(["true", "false"]),
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": st.sampled_from(["true", "false"]),
}


@dataclass
class Case:
    config: dict[str, dict[str, str]]
    credentials: dict[str, dict[str, str]]
    headers: dict[str, str]
    profile: str
    machine: bool
    here: bool
    fast: bool
    env: dict[str, str] = field(default_factory=dict)

    def text(self, sections, headers) -> str:
        lines = []
        for name, values in sections.items():
            lines += [f"[{headers.get(name, name)}]", *(f"{key} = {value}" for key, value in values.items())]
        return "\n".join(lines) + "\n"


@st.composite
def profile(draw, names):
    """The settings of one profile: a role in most cases, keys in many, something else in some."""
    values = dict(draw(st.dictionaries(st.sampled_from(sorted(SETTINGS)), st.just(""), max_size=2)))
    values = {key: draw(SETTINGS[key]) for key in values}
    kind = draw(st.sampled_from("role role role keys keys web process sso nothing all".split()))
    if kind in ("role", "all"):
        values["role_arn"] = draw(mostly("<r1>", st.sampled_from(ROLES)))
        way = draw(mostly("source", "source", "credential", "both", "neither"))
        if way in ("source", "both"):
            values["source_profile"] = draw(st.sampled_from([*names, *names, "gone"]))
        if way in ("credential", "both"):
            values["credential_source"] = draw(
                st.sampled_from("Environment Ec2InstanceMetadata EcsContainer environment".split())
            )
    if kind in ("keys", "all") or draw(st.integers(0, 5)) == 0:
        values |= draw(mostly(KEYS[0], KEYS[1], HALF))
    if kind in ("web", "all"):
        values |= {"web_identity_token_file": draw(mostly("<home>/web-identity", "<home>/none"))}
        values.setdefault("role_arn", draw(mostly("<r2>", "<r3>")))
    if kind in ("process", "all"):
        values |= PROCESS
    if kind in ("sso", "all"):
        values |= SSO
    return values


@st.composite
def cases(draw):
    names = draw(st.lists(st.sampled_from(NAMES), min_size=2, max_size=5, unique=True))
    config: dict[str, dict[str, str]] = {}
    credentials: dict[str, dict[str, str]] = {}
    chain = draw(st.booleans())  # half of the worlds are chains that may well work
    for name, source in zip(names, [*names[1:], ""], strict=True):
        values = draw(profile(names))
        if chain:
            values = {key: value for key, value in values.items() if key in SETTINGS and key != "endpoint_url"}
            link = {"role_arn": draw(st.sampled_from(ROLES[:3])), "source_profile": source}
            values |= link if source else draw(mostly(KEYS[0], KEYS[1], PROCESS, SSO))
        where = draw(st.sampled_from("config config config credentials split".split()))
        if where == "split":
            there = draw(st.sets(st.sampled_from(sorted(values)))) if values else set()
            credentials[name] = {key: value for key, value in values.items() if key in there}
            config[name] = {key: value for key, value in values.items() if key not in there}
        else:
            (config if where == "config" else credentials)[name] = values
    if not chain and draw(st.integers(0, 3)):  # in most worlds somebody has keys
        credentials.setdefault(names[-1], {}).update(KEYS[0])
    return Case(
        config,
        credentials,
        {name: draw(st.sampled_from(HEADERS.get(name, [f"profile {name}"]))) for name in config},
        draw(st.sampled_from([names[0]] * 3 if chain else [*names, *names, "gone"])),
        machine=draw(st.booleans()),
        here=draw(mostly(True, False)),
        fast=draw(mostly(True, False)),
        env={name: draw(VARIABLES[name]) for name in draw(st.sets(st.sampled_from(sorted(VARIABLES)), max_size=4))},
    )


def asked(both: Both, case: Case):
    """botocore's outcome and ours."""
    both.write(case.text(case.config, case.headers) + CORP, case.text(case.credentials, {}))
    env = {"AWS_CA_BUNDLE": str(both.bundle)} | (both.here if case.here else {})
    env |= both.machine if case.machine else {}
    env |= {name: both.filled(value) for name, value in case.env.items()}
    own = {**case.config.get(case.profile, {}), **case.credentials.get(case.profile, {})}
    theirs = env if "region" in own or "AWS_REGION" not in env else {"AWS_DEFAULT_REGION": env["AWS_REGION"]} | env
    return both.botocore(case.profile, theirs), both.ours(case.profile, env, "--no-cache", fast=case.fast)


def test_two_hundred_random_worlds(both, monkeypatch):
    monkeypatch.setattr("time.sleep", lambda _: None)
    both.identity()
    both.process()
    both.sign_in()
    seen: Counter[str] = Counter()
    print(f"ASSUME_TEST_SEED={SEED} ASSUME_TEST_CASES={CASES}")

    @seed(SEED)
    @settings(max_examples=CASES, database=None, phases=(Phase.generate,),
              suppress_health_check=list(HealthCheck))  # fmt: skip
    @given(cases())
    def holds(case):
        theirs, ours = asked(both, case)
        assert ours.essence == theirs.essence, (theirs, ours, said(ours) if ours.error else "")
        seen["error" if theirs.error else f"{min(len(theirs.calls), 2)} calls"] += 1
        seen["by our own connection"] += bool(ours.by_own_connection)

    holds()
    print(seen)
    assert min(seen[kind] for kind in ("error", "1 calls", "2 calls", "by our own connection")) >= CASES // 8, seen
