"""The web console, signed in as a role: from temporary credentials to a link that a browser follows.

In: a role that was taken, the page wanted, the time that the console session is to last. Out: a URL. For 15 minutes
it signs anyone in who has it, so it is a secret: no message and no error of this module contains it, nor the request
for it, whose query holds the credentials.

https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_enable-console-custom-url.html
"""

import json
import time
from urllib.parse import quote, urlencode

from assume.aws import network
from assume.aws.deadline import Deadline
from assume.errors import AssumeError, ConfigError, Refused, Unreachable, UsageError
from assume.profiles.chain import CHAINED_MAX_S, SSO, STATIC, Chain
from assume.terminal import show

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from assume.arguments import Options
    from assume.credentials import Credentials

LINK_S = 900  # AWS: a link can be followed for 15 minutes
CONNECT_S, READ_S = 5, 15
TRIES = 3
LARGEST = 1 << 16  # bytes of a reply; a real one has about 2,000
PARTITIONS = {
    # partition: where to sign in, where the console is
    "aws": ("https://signin.aws.amazon.com", "https://console.aws.amazon.com"),
    "aws-cn": ("https://signin.amazonaws.cn", "https://console.amazonaws.cn"),
    "aws-us-gov": ("https://signin.amazonaws-us-gov.com", "https://console.amazonaws-us-gov.com"),
}
PAGES = {
    # services whose page is not NAME/home: the path, then what follows the region
    "": ("console/home", ""),
    "cloudwatchlogs": ("cloudwatch/home", "#logsV2:log-groups"),
    "dynamodb": ("dynamodbv2/home", ""),
    "ecs": ("ecs/v2/home", ""),
    "elb": ("ec2/home", "#LoadBalancers:"),
    "logs": ("cloudwatch/home", "#logsV2:log-groups"),
    "route53": ("route53/v2/home", ""),
    "secretsmanager": ("secretsmanager/listsecrets", ""),
    "sfn": ("states/home", ""),
    "sns": ("sns/v3/home", ""),
    "sqs": ("sqs/v3/home", ""),
    "ssm": ("systems-manager/home", ""),
    "sso": ("singlesignon/home", ""),
    "stepfunctions": ("states/home", ""),
    "vpc": ("vpcconsole/home", ""),
}
IN_SERVICES = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-_/")


def check_service(service: str) -> None:
    """Raises UsageError for a --service that cannot be one: it becomes a part of the link."""
    if not IN_SERVICES.issuperset(service) or service.startswith("/") or "//" in service:
        raise UsageError(f"--service: {service} is not the name of a service", "for example s3, ec2 or cloudwatch")


def session_s(chain: Chain, options: "Options") -> int:
    """The SessionDuration to ask for, in seconds; 0 to leave it out: the console lasts as long as the credentials.

    AWS refuses it for a role that was reached from temporary credentials, so there --duration is the role's own;
    `options` keep it for that. Raises ConfigError if it is longer than such a role can last, or if there is no role.
    """
    wanted_s = options.duration_s
    if not chain.hops:
        why = "its permission set decides" if chain.source.kind == SSO else "its own credentials decide"
        raise ConfigError(f"{why} how long the console lasts", "leave --duration out", chain.name)
    first, keys = chain.hops[0], chain.source.keys
    is_direct = len(chain.hops) == 1 and (first.token_file is not None or (keys is not None and not keys[2]))
    if is_direct and (first.mfa_serial is None or not first.mfa_session):
        options.duration_s = 0  # any credentials of the role will do, those in the store too
        return wanted_s
    if is_direct:
        return wanted_s if wanted_s > CHAINED_MAX_S else 0  # beyond an hour the MFA code goes on the role itself
    if wanted_s > CHAINED_MAX_S:
        raise ConfigError(
            "at the end of a role chain, the console lasts an hour at most",
            "give --duration 1h or less, or a profile that reaches its role from a user's own keys",
            chain.name,
        )
    return 0


def check_keys(credentials: "Credentials", name: str, kind: str = "") -> None:
    """Raises AssumeError for keys that AWS does not sign in with. `kind` is the chain's kind of source."""
    if credentials.session_token:
        return
    what = "has the keys of a user" if kind in ("", STATIC) else "has keys that are no role's"
    raise AssumeError(
        f"{what}, and the web console opens for a role alone",
        ("name a profile with a role_arn", "a user signs in with a password: https://console.aws.amazon.com"),
        name,
    )


def partition_of(arn: str, region: str) -> str:
    """The partition of a role's ARN, else of a region: `aws`, `aws-cn`, …."""
    parts = arn.split(":")
    if len(parts) > 5:
        return parts[1]
    starts = {"cn-": "aws-cn", "us-gov-": "aws-us-gov", "us-iso-": "aws-iso", "us-isob-": "aws-iso-b"}
    return next((partition for start, partition in starts.items() if region.startswith(start)), "aws")


def page(partition: str, service: str, region: str) -> str:
    """The URL of a page of the console; "" as `service` is its start. Raises AssumeError for an unknown partition."""
    path, rest = PAGES.get(service, (f"{service}/home" if "/" not in service else service, ""))
    query = f"?region={quote(region, safe='')}" if region else ""
    return f"{_of(partition)[1]}/{path}{query}{rest}"


def link(
    credentials: "Credentials",
    name: str,
    partition: str,
    destination: str,
    lasts_s: int = 0,
    endpoint: str = "",
    ca_bundle: str = "",
) -> str:
    """The link that signs in as the role of `credentials` and shows `destination`. Raises AssumeError.

    `name` is the profile, for messages; `lasts_s` the SessionDuration, 0 to leave it out; `endpoint` replaces AWS's
    own place to sign in; `ca_bundle` is the user's file of trusted certificates.
    """
    place = (endpoint or _of(partition)[0]).rstrip("/")
    session = {
        "sessionId": credentials.key_id,
        "sessionKey": credentials.secret,
        "sessionToken": credentials.session_token,
    }
    asked = {"Action": "getSigninToken", "Session": json.dumps(session, separators=(",", ":"))}
    if lasts_s:
        asked["SessionDuration"] = str(lasts_s)
    answer = Deadline().call(lambda: _asked(place, asked, name, ca_bundle))
    return f"{place}/federation?" + urlencode(
        {"Action": "login", "Destination": destination, "SigninToken": answer}, quote_via=quote, safe=""
    )


def _of(partition: str) -> tuple[str, str]:
    if partition not in PARTITIONS:
        raise AssumeError(
            f"the web console of the partition {partition} is not known", f"known: {', '.join(PARTITIONS)}"
        )
    return PARTITIONS[partition]


def _asked(place: str, asked: dict[str, str], name: str, ca_bundle: str) -> str:
    """The sign-in token. Throttled and failed requests are repeated: they change nothing at AWS."""
    for left in reversed(range(TRIES)):
        status, content = _sent(place, asked, name, ca_bundle)
        if status == 429 or status >= 500:
            if left:
                time.sleep(0.5 * (TRIES - left))
                continue
            what = "throttled" if status == 429 else f"it failed ({status})"
            raise Unreachable(f"{place} gave no console sign-in: {what}", "try again in a moment", name)
        if status in (400, 401, 403):
            raise _refused(status, "SessionDuration" in asked, name)
        return _token(status, content, place, name)
    raise AssertionError("there is one try at least")


def _sent(place: str, asked: dict[str, str], name: str, ca_bundle: str) -> tuple[int, bytes]:
    """Status and body of the reply. botocore's own HTTP, so that proxies and certificates work as for any call."""
    from botocore.awsrequest import AWSRequest
    from botocore.exceptions import BotoCoreError
    from botocore.httpsession import URLLib3Session
    from botocore.utils import get_environ_proxies

    from assume.aws import seams

    seams.hide_clock_warning()
    try:
        options: dict[str, Any] = {"verify": ca_bundle or True, "timeout": (CONNECT_S, READ_S)}
        http = URLLib3Session(proxies=get_environ_proxies(place), **options)
        url = f"{place}/federation?" + urlencode(asked, quote_via=quote, safe="")
        response = http.send(AWSRequest("GET", url).prepare())
        return response.status_code, response.content[:LARGEST]
    except Exception as error:
        if isinstance(error, BotoCoreError):
            error.kwargs = {**error.kwargs, "endpoint_url": place}  # it holds the whole URL, with the credentials
        failed = network.failure(error, "the console sign-in", name, ca_bundle, service="AWS")
        text = f"{place} cannot be used to sign in to the console ({type(error).__name__})"
        raise failed or Unreachable(text, "check the endpoint, the network and the proxy", name) from None


def _refused(status: int, has_duration: bool, name: str) -> Refused:
    cures = (
        f"if the role was changed or revoked since it was taken: assume console {name} --refresh",
        *(["if it allows no console session as long as this: leave --duration out"] if has_duration else []),
    )
    return Refused(f"AWS refused to sign this role in to the console ({status})", cures, name)


def _token(status: int, content: bytes, place: str, name: str) -> str:
    try:
        token = json.loads(content)["SigninToken"] if status == 200 else ""
    except (ValueError, KeyError, TypeError):
        token = ""
    if isinstance(token, str) and token and token.isascii() and token.isprintable() and " " not in token:
        return token
    raise Unreachable(
        f"unexpected answer from {place}: not a sign-in token",
        "there may be a captive portal or a proxy in between; nothing was changed",
        name,
    )


def told(name: str, arn: str, account: str, left_s: float) -> str:
    """The line that says which console was opened."""
    role = arn.partition(":role/")[2] or arn.rpartition(":")[2]
    who = " ".join(word for word in (role, f"({account})" if account else "") if word)
    until = "" if left_s == float("inf") else f", for {show.left(left_s)}"
    mark = "PROD " if show.is_production(name) else ""
    return f"assume: {mark}{name}: opened the web console{' as ' if who else ''}{who}{until}"
