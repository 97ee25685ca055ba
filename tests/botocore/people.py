"""The users and roles for the comparison with botocore, and a test authority that signs certificates for AWS hosts."""

import ssl
from pathlib import Path

import trustme

from assume.simulator.iam import Trust
from assume.simulator.world import World

ACCOUNT = "123456789012"
ALICE, BOB = "AKIAALICEALICEALICE1", "AKIABOBBOBBOBBOBBOB1"
SECRET = "of-nobody/but+the-tests"
SERIAL, HARDWARE = f"arn:aws:iam::{ACCOUNT}:mfa/alice", "GAHT12345678"
REGIONS = (
    "us-east-1 us-east-2 us-west-2 eu-west-1 eu-central-1 ap-east-1 ap-southeast-7 cn-north-1 us-gov-west-1".split()
)
HOSTS = ["127.0.0.1", "localhost", "sts.amazonaws.com", "sts.example.com", "portal.sso.us-east-1.amazonaws.com"]
HOSTS += [
    pattern.format(region)
    for region in REGIONS
    for pattern in ("sts.{}.amazonaws.com", "sts-fips.{}.amazonaws.com", "sts.{}.api.aws", "sts.{}.amazonaws.com.cn")
]
ROLES = [f"r{number}" for number in range(1, 7)]


def role(name: str, partition: str = "aws") -> str:
    """The ARN of a role of the tests' account."""
    return f"arn:{partition}:iam::{ACCOUNT}:role/{name}"


def people() -> World:
    """Two users, six roles that anyone of the account may assume, one that wants MFA, a provider of identities."""
    world = World()
    world.user(ACCOUNT, "alice", ALICE, SECRET, mfa={SERIAL: "JBSWY3DPEHPK3PXP", HARDWARE: "KRSXG5CTMVRXEZLU"})
    world.user(ACCOUNT, "bob", BOB, SECRET)
    world.user(ACCOUNT, "chinese", "AKIACHINACHINACHINA1", SECRET, partition="aws-cn")
    provider = world.provider(ACCOUNT, "https://tokens.example.com")
    anyone = (Trust(("*",), tag_session=True, set_source_identity=True), Trust((provider.arn,), subject="*"))
    for name in ROLES:
        world.role(role(name), anyone, max_duration_s=43200)
    world.role(role("wants-mfa"), Trust(("*",), mfa=True))
    world.role(role("r1", "aws-cn"), anyone)
    machine = world.role(role("machine"))
    world.machine.instance = machine
    world.machine.container("task", machine)
    return world


def authority(folder: Path) -> tuple[Path, ssl.SSLContext]:
    """A test authority: the file with its certificate, and a server's TLS context for all AWS hosts."""
    made = trustme.CA()
    bundle = folder / "authority.pem"
    made.cert_pem.write_to_path(str(bundle))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.issue_cert(*HOSTS).configure_cert(context)
    return bundle, context
