"""A chain: a source, and the hops after it in the order in which they are called. Pure.

The *source* is where the first credentials come from. A *hop* is one call that
turns credentials into those of a role. A *request* is both as text: stored
entries are named by it and compared with it. `plan` makes chains, `resolve`
makes the calls.
"""

CHAINED_MAX_S = 3600  # AWS: a role reached from temporary credentials lasts an hour at most
DEFAULT_S = 3600  # what STS uses if the profile has no duration_seconds

# kinds of source
STATIC, ENVIRONMENT, INSTANCE, CONTAINER = "static keys", "Environment", "Ec2InstanceMetadata", "EcsContainer"
# the regions outside the commercial partition: the global endpoint does not know their users
OTHER_PARTITIONS = ("cn-", "us-gov-", "us-iso", "eu-iso", "eusc-")
READ_ONLY = ":iam::aws:policy/ReadOnlyAccess"  # the end of the ARN of a managed policy, in every partition
PROCESS, SSO, LOGIN, WEB_IDENTITY, FALLBACK = "credential_process", "SSO", "login_session", "WebIdentity", "the machine"


class Source:
    """Where a chain's first credentials come from.

    `kind` is one of the words above, `profile` the profile that names the source,
    `keys` is (key id, secret, session token) if the files or the environment hold
    them, `identity` distinguishes this source from others of its kind.
    """

    __slots__ = ("identity", "keys", "kind", "profile")

    def __init__(self, kind: str, profile: str, identity: str, keys: "tuple[str, str, str] | None" = None) -> None:
        self.kind = kind
        self.profile = profile
        self.identity = identity
        self.keys = keys


class Hop:
    """One AssumeRole call, or with a `token_file` one AssumeRoleWithWebIdentity call. Seconds end in _s."""

    __slots__ = (
        "duration_s",
        "external_id",
        "mfa_process",
        "mfa_serial",
        "mfa_session",
        "policy",
        "policy_arns",
        "profile",
        "role_arn",
        "session_name",
        "source_identity",
        "tags",
        "token_file",
        "transitive_tags",
    )

    def __init__(self, profile: str, role_arn: str) -> None:
        self.profile = profile
        self.role_arn = role_arn
        self.duration_s: int | None = None
        self.external_id: str | None = None
        self.mfa_serial: str | None = None
        self.mfa_process = ""
        self.mfa_session = True
        self.policy = ""
        self.policy_arns: tuple[str, ...] = ()
        self.session_name = ""  # "" if none is configured
        self.source_identity = ""
        self.tags: tuple[tuple[str, str], ...] = ()
        self.transitive_tags: tuple[str, ...] = ()
        self.token_file: str | None = None

    def fields(self) -> "list[tuple[str, str]]":
        """Every field that makes this call differ from another, as (name, value); empty ones are left out."""
        pairs = [
            ("role_arn", self.role_arn),
            ("duration_s", "" if self.duration_s is None else str(self.duration_s)),
            ("external_id", "-" if self.external_id is None else "=" + self.external_id),
            ("mfa_serial", "-" if self.mfa_serial is None else "=" + self.mfa_serial),
            ("policy", self.policy),
            ("policy_arns", ",".join(self.policy_arns)),
            ("session_name", self.session_name),
            ("source_identity", self.source_identity),
            ("tags", "".join(f"{len(key)}:{key}={len(value)}:{value}," for key, value in self.tags)),
            ("transitive_tags", ",".join(self.transitive_tags)),
            ("token_file", "-" if self.token_file is None else "=" + self.token_file),
        ]
        return [pair for pair in pairs if pair[1] not in ("", "-")]


class Chain:
    """A source, its hops, and the settings of the named profile about their use."""

    __slots__ = (
        "account",
        "ad_hoc",
        "colour",
        "confirm",
        "endpoint",
        "export",
        "files",
        "hops",
        "limit",
        "mfa_process",
        "name",
        "profile",
        "reasons",
        "region",
        "renew",
        "serial",
        "settings",
        "source",
        "sso_role",
        "warnings",
    )

    def __init__(self, profile: str, source: Source, hops: "list[Hop]") -> None:
        self.profile = profile  # the named profile, whose region and endpoint apply to the whole chain; "" if none
        self.name = profile  # shown in prompts
        self.source = source
        self.hops = hops
        self.serial = ""  # the MFA device, if a static profile is used as an MFA session
        self.mfa_process = ""  # prints the codes for that session
        self.ad_hoc = False  # the last hop is not a profile, but --role-arn or --credential-source
        self.account = ""  # of keys that are not a role's, if the profile has it
        self.sso_role = ""  # the name of the role in that account, if SSO gives it and no hop follows
        self.settings: list[tuple[str, str]] = []  # those that decide which STS endpoint is called
        self.endpoint = ""  # the URL, if the user configured one
        self.limit = ""  # the ARN of the session policy that allows reading only
        self.region: str | None = None  # for AWS_REGION
        self.export = "both"
        self.colour = ""
        self.confirm = False
        self.renew = True
        self.files: list[str] = []  # that the chain depends on, besides the two AWS files
        self.reasons: list[str] = []
        self.warnings: list[str] = []

    def share_region(self) -> None:
        """Calls STS in the region that the shell gets, if no setting gives STS one, and it cannot do without.

        That is behind an endpoint of the user's own, and outside the commercial partition. Elsewhere the global
        endpoint answers, and one stored answer does for every region.
        """
        region = self.region or ""
        if region and (self.endpoint or region.startswith(OTHER_PARTITIONS)):
            self.settings = [(name, value or region if name == "region" else value) for name, value in self.settings]

    def request(self, hops: int) -> str:
        """The source and the first `hops` hops as text: the entry of their credentials is named by it."""
        lines = self._session(self.serial) if self.serial else self._origin(self.settings)
        for hop in self.hops[:hops]:
            lines.append("hop")
            lines += [f"  {name}={value}" for name, value in hop.fields()]
        return _joined(lines)

    def session_request(self, serial: str) -> str:
        """The same for the MFA session of the source's keys, which all roles behind them share, in every region."""
        return _joined(self._session(serial))

    def _session(self, serial: str) -> "list[str]":
        settings = self.settings
        if ("sts_regional_endpoints", "legacy") not in settings:  # sessions of the global endpoint work in few regions
            settings = [pair for pair in settings if pair[0] != "region"]
        return [*self._origin(settings), f"session={serial}"]

    def _origin(self, settings: "list[tuple[str, str]]") -> "list[str]":
        lines = [f"{name}={value}" for name, value in settings if value]
        return [*lines, f"source={self.source.kind}:{self.source.identity}"]

    @property
    def is_kept(self) -> bool:
        """True if the chain's credentials are stored: those of roles, MFA sessions and SSO."""
        return bool(self.hops or self.serial) or self.source.kind == SSO

    @property
    def is_read_only(self) -> bool:
        """Whether the session policy of the last role allows reading only."""
        return bool(self.limit) or bool(self.hops) and any(arn.endswith(READ_ONLY) for arn in self.hops[-1].policy_arns)

    @property
    def role_arn(self) -> str:
        """The role at the end of the chain; "" if it has no role."""
        return self.hops[-1].role_arn if self.hops else ""


def _joined(lines: "list[str]") -> str:
    return "\n".join(line.replace("\\", "\\\\").replace("\n", "\\n") for line in lines)
