"""Changes that the command line and our own keys make to a chain, and the settings that make requests differ."""

import pytest

from assume.errors import AssumeError, ConfigError, UsageError

from .plans import BASE, KEYS, ROLE, planned

ARN = "arn:aws:iam::210987654321:role/ad-hoc"
READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess"


def refused(*words, text=ROLE + BASE, base=None, kind=AssumeError):
    with pytest.raises(kind) as caught:
        planned(text, *words, base=base)
    return str(caught.value)


def test_options_apply_to_the_last_hop_only():
    text = ROLE.replace("base", "q") + ROLE.replace("profile p", "profile q").replace("r1", "r2") + BASE
    words = "p --duration 45m --session-name me --external-id 42 --policy-arn arn:aws:iam::aws:policy/X".split()
    first, last = planned(text, *words).hops
    assert (first.duration_s, first.session_name, first.external_id, first.policy_arns) == (None, "", None, ())
    assert (last.duration_s, last.session_name, last.external_id, last.policy_arns) == (2700, "me", "42", (words[-1],))


def test_role_arn_is_assumed_from_the_profile():
    chain = planned(ROLE + BASE, "p", "--role-arn", ARN)
    assert [hop.role_arn.rpartition("/")[2] for hop in chain.hops] == ["r1", "ad-hoc"]
    assert (chain.ad_hoc, chain.name, chain.profile) == (True, "ad-hoc", "p")


def test_role_arn_uses_the_mfa_device_of_a_profile_with_keys():
    text = f"[profile p]\n{KEYS}mfa_serial = S\nmfa_process = x\nregion = eu-west-1\n"
    chain = planned(text, "p", "--role-arn", ARN)
    assert (chain.hops[0].mfa_serial, chain.hops[0].mfa_process, chain.region) == ("S", "x", "eu-west-1")
    assert chain.source.kind == "static keys"
    behind_a_role = planned(ROLE + "mfa_serial = S\n" + BASE, "p", "--role-arn", ARN)
    assert [hop.mfa_serial for hop in behind_a_role.hops] == ["S", None]


def test_for_role_arn_a_profiles_own_keys_take_precedence_over_its_role():
    chain = planned(ROLE + KEYS + BASE, "p", "--role-arn", ARN)
    assert [hop.role_arn for hop in chain.hops] == [ARN]


@pytest.mark.parametrize("kind", ["Ec2InstanceMetadata", "EcsContainer", "Environment"])
def test_a_credential_source_replaces_a_profile(kind):
    keys = {"AWS_ACCESS_KEY_ID": "K", "AWS_SECRET_ACCESS_KEY": "S"}
    chain = planned("", "--credential-source", kind, "--role-arn", ARN, base=keys)
    assert (chain.source.kind, chain.profile, chain.ad_hoc, chain.name) == (kind, "", True, "ad-hoc")


def test_the_environments_web_identity_is_its_own_hop():
    identity = {"AWS_ROLE_ARN": ARN, "AWS_WEB_IDENTITY_TOKEN_FILE": "/t", "AWS_ROLE_SESSION_NAME": "job"}
    chain = planned("", "--credential-source", "WebIdentity", base=identity)
    assert (chain.hops[0].token_file, chain.hops[0].session_name, chain.files) == ("/t", "job", ["/t"])


def test_invalid_credential_sources_are_refused():
    assert "unknown --credential-source ec2\n  use one of Environment, Ec2" in refused(
        "--credential-source", "ec2", kind=UsageError
    )
    said = refused("--credential-source", "Environment", base={"AWS_ACCESS_KEY_ID": "K", "AWS_SECRET_ACCESS_KEY": "S"})
    assert "Environment needs --role-arn\n  `assume off` brings your own keys back" in said
    assert "no web identity in the environment\n  set AWS_ROLE_ARN" in refused(
        "--credential-source", "WebIdentity", kind=ConfigError
    )


@pytest.mark.parametrize(
    "words", ["--read-only", "--duration 1h", "--policy-arn X", "--session-name me", "--external-id x"]
)
def test_options_of_a_role_are_refused_without_a_role(words):
    said = refused("p", *words.split(), text=f"[profile p]\n{KEYS}", kind=ConfigError)
    assert said.startswith("assume: p: ")
    assert "this profile assumes none\n  " in said


def test_read_only_is_a_session_policy_in_the_roles_partition():
    assert planned(ROLE + BASE, "p", "--read-only").hops[0].policy_arns == (READ_ONLY,)
    china = (ROLE + BASE).replace("arn:aws:", "arn:aws-cn:")
    assert planned(china, "p", "--read-only").hops[0].policy_arns == (READ_ONLY.replace(":aws:iam", ":aws-cn:iam", 1),)


@pytest.mark.parametrize(
    ("setting", "words", "expected"),
    [("yes", "", True), ("true", "", True), ("on", "", True), ("1", "", True), ("no", "", False), ("false", "", False),
     ("off", "", False), ("0", "", False), ("yes", "--no-read-only", False), ("no", "--read-only", True), ("", "",
         False)],
)  # fmt: skip
def test_the_values_of_assume_read_only(setting, words, expected):
    chain = planned(f"{ROLE}assume_read_only = {setting}\n{BASE}", "p", *words.split())
    assert bool(chain.hops[0].policy_arns) == expected
    assert chain.export == ("keys" if expected else "both"), "an SDK that reads AWS_PROFILE would bypass the policy"


@pytest.mark.parametrize("name", ["assume_confirm", "assume_read_only"])
def test_a_misspelt_guard_still_guards_with_a_warning(name):
    chain = planned(f"{ROLE}{name} = yess\n{BASE}")
    assert chain.confirm or chain.hops[0].policy_arns
    assert chain.warnings == [f"{name} = yess: neither yes nor no, taken as yes"]


def test_a_session_policy_and_export_profile_exclude_each_other():
    assert "would bypass the session policy" in refused("p", "--read-only", "--export", "profile", kind=UsageError)
    web = "[profile p]\nrole_arn = arn:aws:iam::123456789012:role/r\nweb_identity_token_file = /t\n"
    assert "ends in a web identity" in refused("p", "--read-only", text=web, kind=ConfigError)


NAMELESS = [
    # why, the words of the request, the text
    ("no profile has this role's name", ("p", "--role-arn", "arn:aws:iam::123456789012:role/other"), ROLE + BASE),
    ("no profile has this role's name", ("--credential-source", "EcsContainer"), ""),
    ("its plain keys, without the MFA session", ("base",), BASE + "mfa_serial = GAHT12345678\nmfa_session = on\n"),
]


@pytest.mark.parametrize(("why", "words", "text"), NAMELESS)
def test_a_role_that_aws_tools_would_not_be_by_its_name_is_exported_as_keys(why, words, text):
    assert why in refused(*words, "--export", "profile", text=text, kind=UsageError)
    assert planned(text, *words, base={"ASSUME_EXPORT": "profile"}).export == "keys"
    assert planned(text, *words).export == "both"


def test_the_environments_keys_are_never_exported_as_a_profile():
    keys = {"AWS_ACCESS_KEY_ID": "K", "AWS_SECRET_ACCESS_KEY": "S"}
    text = ROLE.replace("source_profile = base", "credential_source = Environment")
    assert "would not find the environment's keys" in refused("p", "--export", "profile", text=text, base=keys)
    assert planned(text, base=keys).export == "both"
    assert planned(text, base=keys | {"ASSUME_EXPORT": "profile"}).export == "keys"
    assert planned(f"{text}assume_export = profile\n", base=keys).export == "keys"


def test_the_region_of_the_call_is_aws_region_if_nothing_else_gives_one():
    def region(text, **base):
        return dict(planned(text, base=base).settings)["region"]

    assert region(ROLE + BASE, AWS_REGION="us-gov-west-1") == "us-gov-west-1"
    assert region(ROLE + "region = eu-west-1\n" + BASE, AWS_REGION="us-gov-west-1") == "eu-west-1"
    assert region(ROLE + BASE, AWS_REGION="us-gov-west-1", AWS_DEFAULT_REGION="ap-east-1") == "ap-east-1"


@pytest.mark.parametrize(
    ("option", "setting", "variable", "expected"),
    [
        ("keys", "both", "profile", "keys"),
        ("", "profile", "keys", "profile"),
        ("", "", "keys", "keys"),
        ("", "", "", "both"),
    ],
)
def test_the_export_mode_comes_from_the_option_then_the_profile_then_the_variable(option, setting, variable, expected):
    words = ["--export", option] if option else []
    chain = planned(f"{ROLE}assume_export = {setting}\n{BASE}", "p", *words, base={"ASSUME_EXPORT": variable})
    assert chain.export == expected


def test_an_invalid_export_mode_is_a_usage_error():
    assert "unknown export mode all\n  use one of both, keys, profile" in refused(
        "p", "--export", "all", kind=UsageError
    )


def test_colour_and_renewal():
    chain = planned(f"{ROLE}assume_colour = magenta\nassume_renew = no\n{BASE}")
    assert (chain.colour, chain.renew, planned(ROLE + BASE).renew) == ("35", False, True)
    wrong = planned(f"{ROLE}assume_colour = mauve\n{BASE}")
    assert (wrong.colour, wrong.warnings[0][:21]) == ("", "assume_colour = mauve")


def test_a_static_profile_gives_plain_keys_unless_mfa_session_is_on():
    text = f"[profile p]\n{KEYS}mfa_serial = S\n"
    assert planned(text).serial == ""
    assert planned(text + "mfa_session = on\n").serial == "S"
    assert planned(text + "mfa_session = off\n").serial == ""


def test_the_exported_region_is_the_options_or_the_profiles_and_the_calls_region_is_botocores():
    text = ROLE + "region = eu-west-1\n" + BASE
    chain = planned(text, "p", "--region", "us-east-2", base={"AWS_DEFAULT_REGION": "ap-east-1"})
    assert (chain.region, dict(chain.settings)["region"]) == ("us-east-2", "ap-east-1")
    assert planned(text).region == "eu-west-1"
    assert planned(ROLE + BASE).region is None


FIELDS = [
    "external_id = 42", "external_id =", "mfa_serial = S", "duration_seconds = 900", "role_session_name = me",
    "session_tags = a=1", "session_tags = a=1,b=2", "session_tags = a=1%2Cb=2", "transitive_session_tags = a",
    "source_identity = me", "region = eu-west-1", "sts_regional_endpoints = legacy", "use_fips_endpoint = true",
    "use_dualstack_endpoint = true", "endpoint_url = http://127.0.0.1:1", "assume_read_only = yes",
        "source_profile = b2",
    "role_arn = arn:aws:iam::123456789012:role/r2",
]  # fmt: skip


def test_every_setting_that_matters_changes_the_request():
    lines = dict(line.split(" = ", 1) for line in ROLE.splitlines()[1:])
    requests = []
    for field in ["output = json", *FIELDS]:
        name, _, value = field.partition(" =")
        text = "[profile p]\n" + "".join(f"{key} = {text}\n" for key, text in (lines | {name: value.strip()}).items())
        requests.append(planned(text + BASE + f"[profile b2]\n{KEYS}".replace("ALICE1", "ALICE2")).request(1))
    assert len(set(requests)) == len(FIELDS) + 1
    assert requests[0] == planned(ROLE + BASE).request(1), "other settings do not"


@pytest.mark.parametrize(
    "words", ["--duration 900", "--external-id 42", "--session-name me", "--read-only", "--policy-arn arn:x"]
)
def test_every_option_that_matters_changes_the_request(words):
    assert planned(ROLE + BASE, "p", *words.split()).request(1) != planned(ROLE + BASE).request(1)


def test_a_value_cannot_pretend_to_be_another_field():
    one = planned(ROLE + "external_id = x\n  session_name=me\n" + BASE).request(1)
    other = planned(ROLE + "external_id = x\nrole_session_name = me\n" + BASE).request(1)
    assert one != other
    assert "\n  session_name=me" not in one


def test_roles_behind_one_hub_share_the_hubs_request():
    text = ROLE.replace("base", "hub") + ROLE.replace("profile p", "profile q").replace("base", "hub").replace(
        "r1", "r2"
    )
    text += ROLE.replace("profile p", "profile hub").replace("r1", "hub") + BASE
    assert planned(text, "p").request(1) == planned(text, "q").request(1) == planned(text, "hub").request(1)
    assert planned(text, "p").session_request("S") == planned(text, "q").session_request("S")
    assert planned(text, "p").session_request("S") != planned(text, "q").session_request("T")


HERE = {"AWS_ENDPOINT_URL_STS": "http://127.0.0.1:1"}
OWN_ENDPOINT = "endpoint_url = http://127.0.0.1:1\n"


@pytest.mark.parametrize(
    ("words", "text", "base", "region"),
    [
        (f"base --role-arn {ARN} --region eu-west-1", BASE, HERE, "eu-west-1"),
        ("p --region eu-west-1", ROLE + OWN_ENDPOINT + BASE, {}, "eu-west-1"),
        ("--credential-source EcsContainer --region eu-west-1", "", HERE, "eu-west-1"),
        ("p --region us-gov-west-1", ROLE + BASE, {}, "us-gov-west-1"),
        ("p --region cn-north-1", ROLE + BASE, {}, "cn-north-1"),
        # what the AWS CLI reads comes first
        ("p --region eu-west-1", ROLE + BASE, HERE | {"AWS_DEFAULT_REGION": "eu-north-1"}, "eu-north-1"),
        ("p --region eu-west-1", ROLE + "region = us-east-2\n" + BASE, HERE, "us-east-2"),
        # the global endpoint needs none
        ("p --region eu-west-1", ROLE + BASE, {}, ""),
    ],
)  # fmt: skip
def test_the_option_region_counts_for_sts_where_it_needs_a_region(words, text, base, region):
    assert dict(planned(text, *words.split(), base=base).settings)["region"] == region


POLICY = "arn:aws:iam::123456789012:policy/team/Audit"


@pytest.mark.parametrize(
    ("setting", "words", "expected"),
    [(POLICY, "", (POLICY,)), (POLICY, "--read-only", (POLICY,)), (POLICY, "--no-read-only", ()),
     ("arn:aws:iam::aws:policy/SecurityAudit", "", ("arn:aws:iam::aws:policy/SecurityAudit",)),
     (POLICY, "--policy-arn X", ("X", POLICY)), ("no", "--read-only", (READ_ONLY,))],
)  # fmt: skip
def test_assume_read_only_may_name_another_policy(setting, words, expected):
    chain = planned(f"{ROLE}assume_read_only = {setting}\n{BASE}", "p", *words.split())
    assert chain.hops[0].policy_arns == expected
    assert (chain.is_read_only, chain.export) == ((True, "keys") if expected else (False, "both"))
    assert chain.warnings == []


@pytest.mark.parametrize(
    "setting",
    ["arn:aws:iam::1:policy/x", "arn:aws:iam::aws:policy/", "arn:aws:iam::123456789012:role/x", "Audit",
     "arn:aws:iam::123456789012:policy/a b"],
)  # fmt: skip
def test_what_is_not_the_arn_of_a_policy_still_limits_the_role(setting):
    chain = planned(f"{ROLE}assume_read_only = {setting}\n{BASE}")
    assert chain.hops[0].policy_arns == (READ_ONLY,)
    assert len(chain.warnings) == 1
    assert chain.warnings[0].endswith("neither yes nor no, taken as yes")
