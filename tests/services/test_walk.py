"""`explain --check`: for each thing that STS refuses, the printed change is made, and the same command succeeds."""

import secrets
import time
from dataclasses import dataclass, replace

import pytest
import time_machine

from assume.demo import config
from assume.demo.config import CLI_ROLE, HUB, LANDING, MARKETING
from assume.simulator import faults
from assume.simulator.iam import PLAIN, Trust
from assume.simulator.sts import Sts
from assume.simulator.world import World

from ..program import Program
from . import administrator

ACCOUNT, OTHER = config.HOME_ACCOUNT, config.OTHER_ACCOUNT
ROOT = f"arn:aws:iam::{ACCOUNT}:root"
USER1 = f"arn:aws:iam::{ACCOUNT}:user/user1"
SAANVI = f"arn:aws:iam::{ACCOUNT}:user/saanvi"
NEW = f"arn:aws:iam::{ACCOUNT}:role/team/new"
FAR = f"arn:aws:iam::{OTHER}:role/far"
PROFILE = "[profile {name}]\nrole_arn = {role}\nsource_profile = {source}\nregion = us-west-2\nendpoint_url = {{sts}}\n"


@dataclass
class Scene:
    """A world with one fault; the profile is `p`."""

    program: Program
    world: World
    sts: Sts
    right: str = ""  # what a person has to fill in
    code_of: str = ""  # the device whose code is asked for

    def profile(self, role=NEW, source="user1", more=""):
        self.program.write("\n" + PROFILE.format(name="p", role=role, source=source) + more)

    def allow(self, user, role):
        self.world.users[user] = replace(self.world.users[user], may=(*self.world.users[user].may, role))

    def check(self, *words, **env):
        if self.code_of:
            self.program.answers = [self.program.code(self.code_of)]
        return self.program("explain", "p", "--check", *words, **env)


@pytest.fixture
def scene(program, world, sts):
    return Scene(program, world, sts)


def trust_names_another(scene):
    scene.world.role(NEW, Trust((SAANVI,)))
    scene.profile()


def trust_of_another_account(scene):
    scene.world.role(FAR, Trust((SAANVI,)))
    scene.allow(USER1, FAR)
    scene.profile(FAR)


def trust_of_a_chain(scene):
    scene.world.role(FAR, Trust((SAANVI,)))
    scene.world.roles[HUB] = replace(scene.world.roles[HUB], may=(FAR,))
    scene.profile(FAR, "hub")


def trust_with_mfa_in_a_chain(scene):
    trust_of_a_chain(scene)
    scene.world.role(FAR, Trust((HUB,), mfa=True))


def trust_without_tags(scene):
    scene.world.role(NEW, Trust((USER1,)))
    scene.profile(more="session_tags = team=blue\n")


def trust_without_source_identity(scene):
    scene.world.role(NEW, Trust((USER1,)))
    scene.profile(more="source_identity = alice\n")


def trust_leaves_out_a_user_with_external_id_and_mfa(scene):
    scene.world.role(NEW, Trust((USER1,)))
    scene.profile(source="default", more=f"external_id = corp/1:secret\nmfa_serial = {config.SAANVI_MFA}\n")
    scene.code_of = config.SAANVI_MFA


def user_without_policy(scene):
    scene.world.role(NEW, Trust((ROOT,)))
    scene.profile()


def user_without_policy_for_another_account(scene):
    scene.world.role(FAR, Trust((USER1,)))
    scene.profile(FAR)


def role_without_policy(scene):
    scene.world.role(FAR, Trust((HUB,)))
    scene.profile(FAR, "hub")


def no_external_id(scene):
    scene.world.role(NEW, Trust((USER1,), external_id="corp/1:secret"))
    scene.profile()
    scene.right = "corp/1:secret"


def another_external_id(scene):
    no_external_id(scene)
    administrator.setting(scene.program.home, "p", "external_id", "corp/1:wrong")


def no_mfa(scene):
    scene.profile(CLI_ROLE, "cli-user")
    scene.code_of = config.CLI_USER_MFA


def another_device(scene):
    scene.profile(CLI_ROLE, "cli-user", f"mfa_serial = {config.SAANVI_MFA}\n")
    scene.code_of = scene.right = config.CLI_USER_MFA


def device_in_a_chain(scene):
    scene.profile(LANDING, "hub", f"mfa_serial = {config.SAANVI_MFA}\n")
    scene.code_of = config.SAANVI_MFA


def too_long_for_the_role(scene):
    scene.profile(HUB, more="duration_seconds = 7200\n")


def too_long_for_any_role(scene):
    scene.profile(MARKETING, more="duration_seconds = 99999\n")


def too_long_for_a_chain(scene):
    scene.profile(LANDING, "hub", "duration_seconds = 7200\n")


def deleted_keys(scene):
    scene.profile(HUB)
    scene.world.forget_key("AKIAI44QH8DHBEXAMPLE")


def wrong_secret(scene):
    scene.profile(HUB)
    administrator.setting(scene.program.home, "user1", "aws_secret_access_key", "0" * 40)


def region_switched_off(scene):
    scene.profile(HUB)
    scene.sts.faults = lambda call: (
        faults.refuse(403, "RegionDisabledException", "STS is not activated in this region for account:123456789012.")
        if call.region != "us-east-1"
        else None
    )


def region_that_nobody_switched_on(scene):
    scene.profile(HUB)
    administrator.setting(scene.program.home, "p", "region", "me-central-1")
    scene.sts.faults = lambda call: (
        faults.refuse(403, "InvalidClientTokenId", "The security token included in the request is invalid.")
        if call.region == "me-central-1"
        else None
    )


def keys_of_root(scene):
    scene.profile(HUB)
    scene.world.user(ACCOUNT, "root")
    scene.world.keys["AKIAI44QH8DHBEXAMPLE"] = replace(scene.world.keys["AKIAI44QH8DHBEXAMPLE"], user_arn=ROOT)


def clock_ahead(scene):
    scene.profile(HUB)
    scene.sts.clock = lambda: time.time() - 3600


def mistyped_role(scene):
    scene.profile(HUB.replace("hub", "hubb"))
    scene.right = HUB


def bad_session_name(scene):
    scene.profile(HUB, more="role_session_name = no blanks\n")
    scene.right = "no-blanks"


def web_identity_of_another(scene):
    scene.world.role(config.WEB, ())
    text = scene.program.home.config.read_text().partition("[profile web-identity]")[2].partition("[")[0]
    scene.program.write("[profile p]" + text)


def another_source_identity(scene):
    scene.world.role(NEW, Trust((USER1,), set_source_identity=True))
    scene.world.roles[NEW] = replace(scene.world.roles[NEW], may=(FAR,))
    scene.world.role(FAR, Trust((NEW,), set_source_identity=True))
    scene.program.write("\n" + PROFILE.format(name="first", role=NEW, source="user1") + "source_identity = alice\n")
    scene.profile(FAR, "first", "source_identity = bob\n")


def a_tag_twice(scene):
    scene.world.role(NEW, Trust((USER1,), tag_session=True))
    scene.profile(more="session_tags = team=blue,Team=red\n")
    scene.right = "team=blue"


def a_transitive_key_that_is_no_tag(scene):
    scene.world.role(NEW, Trust((USER1,), tag_session=True))
    scene.profile(more="session_tags = team=blue\ntransitive_session_tags = cost\n")
    scene.right = "team"


def a_tag_that_the_chain_hands_on(scene):
    scene.world.role(NEW, Trust((USER1,), tag_session=True))
    scene.world.roles[NEW] = replace(scene.world.roles[NEW], may=(FAR,))
    scene.world.role(FAR, Trust((NEW,), tag_session=True))
    tags = "session_tags = team=blue\ntransitive_session_tags = team\n"
    scene.program.write("\n" + PROFILE.format(name="first", role=NEW, source="user1") + tags)
    scene.profile(FAR, "first", "session_tags = team=red\n")
    scene.right = "cost=1"


def tags_that_are_too_long(scene):
    scene.world.role(NEW, Trust((USER1,), tag_session=True))
    tags = ",".join(f"key{number}={secrets.token_hex(60)}" for number in range(40))
    scene.profile(more=f"session_tags = {tags}\n")
    scene.right = "team=blue"


SCENES = [
    # the fault, the cause that is the right one
    (trust_names_another, "trust-policy"),
    (trust_of_another_account, "trust-policy"),
    (trust_of_a_chain, "trust-policy"),
    (trust_with_mfa_in_a_chain, "trust-policy"),
    (trust_without_tags, "trust-policy"),
    (trust_without_source_identity, "trust-policy"),
    (trust_leaves_out_a_user_with_external_id_and_mfa, "trust-policy"),
    (user_without_policy, "caller-policy"),
    (user_without_policy_for_another_account, "caller-policy"),
    (role_without_policy, "caller-policy"),
    (no_external_id, "external-id"),
    (another_external_id, "external-id"),
    (no_mfa, "mfa"),
    (another_device, "mfa-device"),
    (device_in_a_chain, "mfa-device"),
    (too_long_for_the_role, "duration"),
    (too_long_for_any_role, "duration"),
    (too_long_for_a_chain, "duration"),
    (deleted_keys, "source-keys"),
    (wrong_secret, "source-keys"),
    (keys_of_root, "root"),
    (region_switched_off, "region"),
    (region_that_nobody_switched_on, "region"),
    (clock_ahead, "clock"),
    (mistyped_role, "role-arn"),
    (bad_session_name, "setting"),
    (another_source_identity, "source-identity"),
    (a_tag_twice, "setting"),
    (a_transitive_key_that_is_no_tag, "setting"),
    (a_tag_that_the_chain_hands_on, "setting"),
    (tags_that_are_too_long, "setting"),
    (web_identity_of_another, "trust-policy"),
]


def apply(scene, cause, role_arn):
    """Makes the change of one cause, from what was printed; a person fills in `scene.right` alone."""
    command = cause["command"] or ""
    if cause["setting"]:
        setting = cause["setting"]
        value = setting["value"].replace("ID", scene.right) if setting["value"] == "ID" else setting["value"]
        administrator.setting(scene.program.home, setting["profile"], setting["name"], value)
    elif command.startswith("aws iam "):
        administrator.aws_iam(scene.world, command)
    elif cause["document"]:
        administrator.trust(scene.world, role_arn, cause["document"])
    elif command.startswith("aws configure --profile user1"):
        key = scene.world.key(USER1, "AKIANEWKEYOFUSER1XXX")
        for name, value in (("aws_access_key_id", key.id), ("aws_secret_access_key", key.secret)):
            administrator.setting(scene.program.home, "user1", name, value)
    elif command.startswith("sudo timedatectl"):
        scene.sts.clock = time.time
    else:
        assert cause["do"].startswith("correct `"), cause
        name, profile = cause["do"].split("`")[1], cause["do"].partition("[profile ")[2].partition("]")[0]
        administrator.setting(scene.program.home, profile, name, scene.right)


@pytest.mark.parametrize(("fault", "right"), SCENES, ids=[fault.__name__ for fault, _ in SCENES])
def test_the_printed_change_is_the_one_that_helps(scene, fault, right):
    fault(scene)
    done = scene.check("--json")
    assert done.status == 1, done.out
    step = done.json["check"]["steps"][-1]
    assert (step["ok"], done.json["check"]["ok"]) == (False, False)
    (cause, *_) = [one for one in step["causes"] if one["cause"] == right]
    apply(scene, cause, done.json["hops"][max(step["hop"] - 1, 0)]["role_arn"])
    again = scene.check("--json")
    assert again.status == 0, again.out
    assert all(step["ok"] for step in again.json["check"]["steps"])
    assert scene.program("export", "p", "--format", "bash").status == 0


AMBIGUOUS = [
    {"trust-policy", "caller-policy", "external-id", "mfa", "role-arn"},
    {"source-keys", "region"},
]


@pytest.mark.parametrize("together", AMBIGUOUS, ids=lambda together: "+".join(sorted(together)))
def test_causes_with_one_answer_are_printed_together_and_each_is_right_somewhere(program, world, sts, together):
    """The scenes above show each being the right one."""
    assert together <= {right for _, right in SCENES}
    scene = Scene(program, world, sts)
    (region_that_nobody_switched_on if "region" in together else user_without_policy)(scene)
    causes = scene.check("--json").json["check"]["steps"][-1]["causes"]
    assert {cause["cause"] for cause in causes} == together


def test_the_text_has_the_same_causes_and_changes(scene):
    user_without_policy(scene)
    causes = scene.check("--json").json["check"]["steps"][-1]["causes"]
    found = administrator.parts(scene.check().out)
    assert [what for what, _ in found] == [cause["what"] for cause in causes]
    for (_, lines), cause in zip(found, causes, strict=True):
        assert lines[0] == cause["do"]
        assert not cause["command"] or lines[-1] == cause["command"]


def test_both_ways_out_of_a_duration_that_is_too_long(scene):
    too_long_for_the_role(scene)
    first, second = scene.check("--json").json["check"]["steps"][-1]["causes"]
    assert (first["setting"]["value"], second["setting"]) == ("3600", None)
    apply(scene, second, HUB)
    assert scene.check().status == 0


def test_an_option_is_corrected_as_an_option(scene):
    scene.profile(HUB)
    (cause, _) = scene.check("--json", "--duration", "2h").json["check"]["steps"][-1]["causes"]
    assert (cause["setting"], cause["do"]) == (None, "give --duration 3600 (never too long)")
    done = scene.check("--json", "--duration", "3600")
    assert done.status == 0


def test_a_session_of_identity_center_and_its_permission_set(scene):
    scene.world.role(NEW, Trust((SAANVI,)))
    scene.world.roles[config.SSO_ROLE] = replace(scene.world.roles[config.SSO_ROLE], may=(NEW,))
    scene.profile(source="sso-reader")
    done = scene.check("--json")
    cause, policy, *_ = done.json["check"]["steps"][-1]["causes"]
    assert (policy["cause"], policy["command"]) == ("caller-policy", None)
    assert "permission set" in policy["do"]
    apply(scene, cause, NEW)
    assert scene.check().status == 0


@pytest.mark.parametrize("right", ["mfa-age", "trust-policy"])
def test_a_session_that_the_role_rejects_is_too_old_or_the_trust_policy_leaves_the_user_out(scene, program, right):
    scene.world.role(NEW, Trust((SAANVI,), mfa=True, mfa_age_s=600))
    scene.profile(source="default", more=f"mfa_serial = {config.SAANVI_MFA}\n")
    scene.code_of = config.SAANVI_MFA
    assert scene.check().status == 0  # which makes the session
    scene.code_of, program.is_person_there = "", False
    if right == "trust-policy":
        scene.world.role(NEW, Trust((USER1,)))
    with time_machine.travel(time.time() + 1200, tick=True):
        done = scene.check("--json")
        causes = done.json["check"]["steps"][-1]["causes"]
        assert done.status == 1
        assert [cause["cause"] for cause in causes] == ["mfa-age", "trust-policy", "caller-policy", "external-id"]
        if right == "mfa-age":
            words = causes[0]["command"].replace("CODE", program.code(config.SAANVI_MFA)).split()[1:]
            assert program(*words).status == 0
        else:
            apply(scene, causes[1], NEW)
            assert scene.check().status == 0


def test_without_a_terminal_the_command_with_a_code_is_printed(scene, program):
    no_mfa(scene)
    administrator.setting(program.home, "p", "mfa_serial", config.CLI_USER_MFA)
    program.is_person_there = False
    (cause,) = scene.check("--json", "--duration", "45m").json["check"]["steps"][-1]["causes"]
    assert cause["cause"] == "mfa-code"
    assert cause["command"] == "assume explain p --duration 2700 --check --mfa-code CODE"
    words = cause["command"].replace("CODE", program.code(config.CLI_USER_MFA)).split()[1:]
    assert program(*words).status == 0


def test_a_wrong_code(scene, program):
    no_mfa(scene)
    administrator.setting(program.home, "p", "mfa_serial", config.CLI_USER_MFA)
    (cause,) = scene.check("--json", "--mfa-code", "000000").json["check"]["steps"][-1]["causes"]
    assert cause["cause"] == "mfa-code"
    assert scene.check("--mfa-code", program.code(config.CLI_USER_MFA)).status == 0


def test_keys_of_a_session_that_have_ended(scene):
    scene.profile(HUB, "temporary")
    user = scene.world.caller("AKIAI44QH8DHBEXAMPLE")
    with scene.program.home.credentials.open("a") as file:
        file.write("\n[temporary]\n")

    def put(session):
        names = ("aws_access_key_id", "aws_secret_access_key", "aws_session_token")
        for name, value in zip(names, (session.key_id, session.secret, session.session_token), strict=True):
            administrator.setting(scene.program.home, "temporary", name, "")
            with scene.program.home.credentials.open("a") as file:
                file.write(f"{name} = {value}\n")

    put(scene.world.user_session(user, time.time() - 7200, 3600, PLAIN))
    (cause,) = scene.check("--json").json["check"]["steps"][-1]["causes"]
    assert (cause["cause"], cause["command"]) == ("source-keys", None)
    assert cause["do"].startswith("put all three values of a new session into [temporary] (credentials file, line ")
    put(scene.world.user_session(user, time.time(), 3600, PLAIN))
    assert scene.check().status == 0


def test_a_token_that_has_ended_is_written_again(scene, program, world):
    provider = world.providers[ACCOUNT, config.ISSUER]
    program.home.web_identity.write_text(world.web_identity(provider, "job:demo", time.time() - 7200, 60))
    done = program("explain", "web-identity", "--check", "--json")
    (cause,) = done.json["check"]["steps"][-1]["causes"]
    assert (cause["cause"], cause["do"]) == ("web-identity", "have the program write it again")
    program.home.web_identity.write_text(world.web_identity(provider, "job:demo", time.time(), 60))
    assert program("explain", "web-identity", "--check").status == 0


def test_a_sign_in_that_has_ended(scene, program):
    for path in (program.home.path / ".aws" / "sso" / "cache").iterdir():
        path.unlink()
    scene.profile(NEW, "sso-reader")
    (cause,) = scene.check("--json").json["check"]["steps"][-1]["causes"]
    assert (cause["cause"], cause["command"]) == ("source", "assume login sso-reader")


def test_nothing_answers(scene, program):
    scene.profile(HUB)
    administrator.setting(program.home, "p", "endpoint_url", "http://127.0.0.1:9")
    done = scene.check("--json")
    (cause,) = done.json["check"]["steps"][-1]["causes"]
    assert (done.status, cause["cause"]) == (1, "network")


def test_a_region_that_does_not_exist(scene, program):
    scene.profile(HUB)
    administrator.setting(program.home, "p", "endpoint_url", "")
    administrator.setting(program.home, "p", "region", "us-esat-1")
    done = scene.check("--json", HTTPS_PROXY="http://127.0.0.1:9")
    first, _ = done.json["check"]["steps"][-1]["causes"]
    assert first["cause"] == "region"
    assert "did you mean: us-east-1" in first["what"]


def test_a_variable_that_sets_the_region_is_unset(scene):
    region_switched_off(scene)
    administrator.setting(scene.program.home, "p", "region", "us-east-1")
    (cause,) = scene.check("--json", AWS_DEFAULT_REGION="eu-west-1").json["check"]["steps"][-1]["causes"]
    assert cause["command"] == "unset AWS_DEFAULT_REGION"
    assert scene.check().status == 0


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (" because no identity-based policy allows the sts:AssumeRole action", ["caller-policy"]),
        (" because no resource-based policy allows the sts:AssumeRole action", ["trust-policy", "external-id", "mfa"]),
        (" with an explicit deny in a service control policy", ["deny"]),
    ],
)
def test_an_answer_that_names_the_policy_leaves_fewer_causes(scene, text, expected):
    scene.profile(HUB)
    said = f"User: {USER1} is not authorized to perform: sts:AssumeRole on resource: {HUB}{text}"
    scene.sts.faults = lambda call: faults.refuse(403, "AccessDenied", said) if call.action == "AssumeRole" else None
    causes = scene.check("--json").json["check"]["steps"][-1]["causes"]
    assert [cause["cause"] for cause in causes] == expected


def test_a_check_asks_for_a_code_once_and_keeps_what_it_got(scene, program):
    program.answers = [program.code(config.SAANVI_MFA)]
    assert program("explain", "crossaccountrole", "--check").status == 0
    assert len(program.asked) == 1
    assert program("export", "crossaccountrole", "--format", "bash").status == 0
    assert program("explain", "crossaccountrole", "--check").status == 0
    assert len(program.asked) == 1
    assert [call.action for call in scene.sts.calls].count("AssumeRole") == 2


def test_no_secret_is_printed(scene, program):
    user_without_policy(scene)
    for words in (("p", "--check"), ("p", "--check", "--json"), ("workload", "--check", "--json"), ("p", "--debug")):
        done = program("explain", *words)
        for secret in [key.secret for key in scene.world.keys.values()]:
            assert secret not in done.out + done.err
        for session in scene.world.sessions.values():
            assert session.secret not in done.out + done.err
            assert session.session_token not in done.out + done.err


def test_a_failure_that_is_its_own_cause_is_told_once(program):
    done = program("explain", "--credential-source", "EcsContainer", "--check")
    assert done.status == 1
    assert done.out.count("no container credentials here") == 1
    assert "\nthe source, EcsContainer: no container credentials here\n   this works in ECS or EKS" in done.out


def test_a_session_policy_that_is_not_json(scene, tmp_path):
    scene.profile(HUB)
    policy = tmp_path / "policy.json"
    policy.write_text("no policy")
    (cause,) = scene.check("--json", "--policy", str(policy)).json["check"]["steps"][-1]["causes"]
    assert (cause["cause"], cause["do"]) == ("setting", "give --policy a file with a policy in JSON")
    policy.write_text('{"Version": "2012-10-17", "Statement": []}')
    assert scene.check("--policy", str(policy)).status == 0


def test_an_external_id_that_sts_quotes_is_masked(scene):
    scene.profile(HUB, more="external_id = hush hush#4711\n")
    scene.right = "hush-hush"
    for done in (scene.check(), scene.check("--json")):
        assert (done.status, "hush" in done.out + done.err) == (1, False)
    (cause,) = scene.check("--json").json["check"]["steps"][-1]["causes"]
    assert cause["do"].startswith("correct `external_id` in [profile p] (config file, line ")
    apply(scene, cause, HUB)
    assert scene.check().status == 0


def test_an_sts_that_is_too_busy(scene):
    scene.profile(HUB)
    scene.sts.faults = lambda call: faults.throttle() if call.action == "AssumeRole" else None
    step = scene.check("--json", AWS_MAX_ATTEMPTS="1").json["check"]["steps"][-1]
    assert [cause["cause"] for cause in step["causes"]] == ["network"]
    assert "throttled" in step["error"]
    scene.sts.faults = None
    assert scene.check().status == 0
