"""Names and values that do not mean what their writer meant: each is explained where it is met."""

import pytest

from assume.errors import ConfigError, NoSuchProfile

from .plans import BASE, ROLE, planned

DROPPED = "is not a number of seconds, and is ignored, as by the AWS CLI"
ARN = "arn:aws:iam::123456789012:role/r1"
COMMENT = "the comment behind the value belongs to it: put it on a line of its own"

HEADERS = {
    # files, the name that is asked for, where, how to write it
    "no word profile": ("[dev]\n", "", "dev", "config file, line 1", "[profile dev]"),
    "a capital": ("\n[Profile dev]\n", "", "dev", "config file, line 2", "[profile dev]"),
    "two words without quotes": ("[profile my team dev]\n", "", "my team dev", "config file, line 1",
        "[profile 'my team dev']"),
    "a quote": ("[profile it's]\n", "", "it's", "config file, line 1", r"[profile 'it'\''s']"),
    "a quote that is not closed": ('[profile "dev]\n', "", "dev", "config file, line 1", "[profile dev]"),
    "no blank": ("[profiledev]\n", "", "dev", "config file, line 1", "[profile dev]"),
    "a blank before the name": ("[ profile dev]\n", "", "dev", "config file, line 1", "[profile dev]"),
    "not closed": ("[profile a]\n[profile dev\nregion = x\n", "", "dev", "config file, line 2", "[profile dev]"),
    "the credentials file's header with the word": ("", "[profile dev]\n", "dev", "credentials file, line 1", "[dev]"),
}  # fmt: skip


@pytest.mark.parametrize("kind", HEADERS)
def test_a_header_that_was_meant_for_the_profile_is_named_with_how_to_write_it(kind):
    config, credentials, name, where, right = HEADERS[kind]
    with pytest.raises(NoSuchProfile) as caught:
        planned(config, name, credentials=credentials)
    assert str(caught.value).startswith(f"assume: {name}: no such profile: {where}: ")
    assert f"\n  write {right}" in str(caught.value)
    with pytest.raises(ConfigError) as source:
        planned(f"{config}\n{ROLE.replace('base', name)}", credentials=credentials)
    assert f"write {right}" in str(source.value)


def test_the_header_that_is_advised_works():
    for _, _, name, _, right in HEADERS.values():
        if right.startswith("[profile"):
            assert planned(f"{right}\nregion = x\n", name).profile == name


def test_an_indented_header_is_explained():
    with pytest.raises(NoSuchProfile, match="line 4: the header is indented, so it continues the setting above"):
        planned("[profile a]\nregion = x\n\n  [profile dev]\n  output = json\n", "dev")


@pytest.mark.parametrize(
    "text", ["[profile dev-2]\n", "[profile Dev]\n", "[sso-session dev]\n", "# [dev]\n[profile x]\n"]
)
def test_other_headers_are_not_mistaken_for_it(text):
    with pytest.raises(NoSuchProfile) as caught:
        planned(text + "[profile other]\n", "dev")
    assert "line" not in str(caught.value)


def test_a_variable_that_names_a_missing_file_is_told(tmp_path):
    def said(name="dev", text="", **base):
        with pytest.raises(NoSuchProfile) as caught:
            planned(text, name, base=base)
        return str(caught.value)

    assert "\n  AWS_CONFIG_FILE names /nosuch, which does not exist" in said(AWS_CONFIG_FILE="/nosuch")
    with_others = said(text="[profile x]\n", AWS_SHARED_CREDENTIALS_FILE="/nosuch")
    assert (
        "no such profile\n  AWS_SHARED_CREDENTIALS_FILE names /nosuch, which does not exist\n  `assume" in with_others
    )
    assert "which is a folder" in said(AWS_CONFIG_FILE=str(tmp_path))
    assert "AWS_CONFIG_FILE is set and empty, so no file is read: unset it" in said(AWS_CONFIG_FILE="")
    assert "AWS_CONFIG_FILE" not in said(AWS_CONFIG_FILE="/dev/null")


def refused(text):
    with pytest.raises(ConfigError) as caught:
        planned(text)
    return str(caught.value)


VALUES = {
    # the line in the profile p, what is told of it
    "role_arn": (ROLE.replace("r1", "r1 # the first"),
        f"role_arn (config file, line 2) is not the ARN of a role\n  {COMMENT}"),
    "role_arn in quotes": (ROLE.replace(ARN, f'"{ARN}"'),
        "is not the ARN of a role\n  the quotes belong to the value: remove them"),
    "an empty role_arn": (ROLE.replace(ARN, ""), "role_arn (config file, line 2) is empty\n  it"),
    "mfa_serial": (ROLE + "mfa_serial = arn:aws:iam::123456789012:mfa/me # phone\n",
        f"mfa_serial (config file, line 4) is not an MFA device\n  {COMMENT}"),
    "source_profile": (ROLE.replace("= base", "= base ; keys"),
        f"its source_profile (config file, line 3) does not exist\n  {COMMENT}"),
    "source_profile in quotes": (ROLE.replace("= base", "= 'base'"), "'base' does not exist\n  the quotes belong"),
    "an empty source_profile": (ROLE.replace("= base", "="),
        "source_profile (config file, line 3) is empty\n  give it the name"),
    "credential_source": (ROLE.replace("source_profile = base", "credential_source = Environment # x"),
        f"unknown credential_source (config file, line 3)\n  {COMMENT}"),
    "an empty credential_source": (ROLE.replace("source_profile = base", "credential_source ="),
        "unknown credential_source (config file, line 3)\n  use Environment"),
    "sso_session": (
        "[profile p]\nsso_account_id = 1\nsso_role_name = R\nsso_session = corp # x\n[sso-session corp]\n",
        f"its sso_session (config file, line 4) does not exist\n  {COMMENT}"),
    "services": (ROLE + "services = s # x\n[services s]\n",
        f"its services (config file, line 4) does not exist\n  {COMMENT}"),
    "an empty services": (ROLE + "services =\n", "services (config file, line 4) is empty\n  give it a name"),
    "region": (ROLE + "region = eu-west-1 # x\n", f"region (config file, line 4) is not a valid value\n  {COMMENT}"),
    "retry_mode": (ROLE + "retry_mode = standard ; x\n",
        f"retry_mode (config file, line 4) is not a valid value\n  {COMMENT}"),
    "the line below": ("[profile p]\nrole_arn = arn:aws:iam::123456789012:role/r1\n  source_profile = base\n",
        "role_arn (config file, line 2) is not the ARN of a role\n  an indented line below belongs to the value"),
}  # fmt: skip


@pytest.mark.parametrize("kind", VALUES)
def test_a_value_that_cannot_work_is_refused_with_the_reason(kind):
    text, told = VALUES[kind]
    assert told in refused(text + BASE)


WARNED = {
    "role_session_name = me # x": f"p: role_session_name (config file, line 4): {COMMENT}",
    "source_identity = 'me'": "p: source_identity (config file, line 4): the quotes belong to the value: remove them",
    "external_id = 42\t; x": f"p: external_id (config file, line 4): {COMMENT}",
    "external_id =": "p: external_id (config file, line 4) is empty: give it a value, or remove it",
    "mfa_serial =": "p: mfa_serial (config file, line 4) is empty: give it a value, or remove it",
    "duration_seconds = abc": f"p: duration_seconds = abc {DROPPED}",
    "duration_seconds =": f"p: duration_seconds (config file, line 4) {DROPPED}",
    "duration_seconds = 3600.5": f"p: duration_seconds = 3600.5 {DROPPED}",
}  # fmt: skip


@pytest.mark.parametrize("line", WARNED)
def test_a_value_that_may_be_a_mistake_is_warned_of(line):
    chain = planned(f"{ROLE}{line}\n{BASE}")
    assert chain.warnings == [WARNED[line]]


def test_a_duration_with_a_comment_behind_it_is_warned_of_and_dropped():
    chain = planned(f"{ROLE}duration_seconds = 3600 # 1h\n{BASE}")
    assert chain.hops[0].duration_s is None
    assert any("is ignored, as by the AWS CLI" in warning for warning in chain.warnings)
    assert any(COMMENT in warning for warning in chain.warnings)


def test_a_region_that_a_variable_replaces_is_only_warned_of():
    chain = planned(f"{ROLE}region = eu-west-1 # x\n{BASE}", base={"AWS_DEFAULT_REGION": "eu-west-1"})
    assert chain.warnings == [f"p: region (config file, line 4): {COMMENT}"]


def test_the_values_of_every_profile_on_the_route_are_looked_at():
    chain = planned(
        ROLE
        + "[profile base]\naws_access_key_id = AKIAALICEALICEALICE1\naws_secret_access_key = s\nmfa_serial = x # old\n"
    )
    assert chain.warnings == [f"base: mfa_serial (config file, line 7): {COMMENT}"]


@pytest.mark.parametrize(
    "line", ["credential_process = cmd # x", "ca_bundle = /a #b", "s3 =\n  a = 1 # x", "output = json # x", "x = y # z"]
)
def test_values_in_which_a_comment_mark_may_be_meant_are_left_alone(line):
    assert planned(f"{ROLE}{line}\n{BASE}").warnings == []
