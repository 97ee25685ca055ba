"""Doctor: is STS reached with the settings of the profiles, and is this machine's clock right?

One call without a signature to each endpoint: STS refuses it, and its answer has the time. Nothing secret is sent.
"""

import sys
import time
from email.utils import parsedate_to_datetime

import boto3
import botocore
import botocore.config
import botocore.exceptions

from assume import regions
from assume.aws import client, network, refusals, seams
from assume.aws.deadline import Deadline
from assume.errors import AssumeError, ConfigError
from assume.profiles import ini
from assume.services.causes import CLOCKS
from assume.services.findings import Finding, Patient

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from assume.profiles.chain import Chain

CLOCK, NETWORK = "clock", "network"
MOST = 4  # endpoints that are called
WAIT_S = 5
WHOLE_S = 20.0
OFF_S = 60  # AWS accepts 5 to 15 minutes; from here on `time left` is wrong enough to notice
PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy")
BUNDLES = ("AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE")
ENDPOINTS = ("AWS_ENDPOINT_URL_STS", "AWS_ENDPOINT_URL")


def aws(patient: Patient) -> "Iterator[Finding]":
    """Each endpoint that the profiles lead to, up to MOST, the most used first."""
    seams.enter(patient.base)
    deadline = Deadline(WHOLE_S)
    is_clock_told = False
    for chain in _chains(patient):
        try:
            off_s = deadline.call(lambda chain=chain: _off_s(patient, chain))  # type: ignore[misc]
        except AssumeError as error:
            yield _unreached(patient, chain, error)
            continue
        if off_s is not None and abs(off_s) >= OFF_S and not is_clock_told:
            is_clock_told = True
            size = f"{abs(off_s) / 3600:.1f} h" if abs(off_s) >= 5400 else f"{abs(off_s) / 60:.0f} min"
            what = f"this machine's clock is {size} {'ahead of' if off_s > 0 else 'behind'} AWS's"
            yield Finding(CLOCK, what, _clock_command())


def _chains(patient: Patient) -> "list[Chain]":
    """One chain for each set of endpoint settings."""
    found: dict[tuple[tuple[str, str], ...], list[Chain]] = {}
    for chain in patient.chains:
        found.setdefault(tuple(chain.settings), []).append(chain)
    often = sorted(found.values(), key=len, reverse=True)
    return [chains[0] for chains in often[:MOST]]


def _off_s(patient: Patient, chain: "Chain") -> float | None:
    """How far this clock is ahead of AWS's, in seconds; None if the answer has no time. Raises AssumeError."""
    core = client.Session(client.sections(patient.config, chain), chain.profile)
    bundle = client.ca_bundle(core)
    settings = botocore.config.Config(
        signature_version=botocore.UNSIGNED,
        connect_timeout=WAIT_S,
        read_timeout=WAIT_S,
        retries={"total_max_attempts": 1},
    )
    try:
        boto3.Session(botocore_session=core).client("sts", config=settings).get_caller_identity()
    except botocore.exceptions.ClientError as error:
        return _ahead_s(error.response.get("ResponseMetadata", {}).get("HTTPHeaders", {}).get("date", ""))
    except Exception as error:
        found = network.failure(error, chain.name, chain.profile, bundle) or refusals.explained(error, None, chain.name)
        raise found from error
    return None


def _ahead_s(date: str) -> float | None:
    try:
        return time.time() - parsedate_to_datetime(date).timestamp()
    except (TypeError, ValueError):
        return None


def _unreached(patient: Patient, chain: "Chain", error: AssumeError) -> Finding:
    """The finding for an endpoint that did not answer as STS does, with what is likeliest to be wrong."""
    base, name, cause = patient.base, chain.profile, error.__cause__

    def set_by(variables: "Sequence[str]") -> "list[str]":
        return [one for one in variables if base.get(one)]

    codes = [getattr(one, "verify_code", 0) for one in network.causes(cause)] if cause is not None else []
    if {network.TOO_EARLY, network.TOO_LATE} & set(codes):
        return Finding(CLOCK, error.what, _clock_command(), error.cure)
    if isinstance(cause, botocore.exceptions.SSLError) and isinstance(error, ConfigError):
        return Finding(NETWORK, error.what, _out(patient, name, "ca_bundle", set_by(BUNDLES)), error.cure)
    if isinstance(cause, botocore.exceptions.ProxyConnectionError):
        proxies = set_by(PROXIES)
        return Finding(NETWORK, f"{error.what} ({', '.join(proxies)})", patient.unset(*proxies), error.cure)
    if chain.endpoint:
        return Finding(NETWORK, error.what, _out(patient, name, "endpoint_url", set_by(ENDPOINTS)), error.cure)
    region = dict(chain.settings).get("region", "")
    if (region and regions.unknown(region)) or isinstance(error, ConfigError):
        variables = set_by(("AWS_DEFAULT_REGION",))
        command = patient.unset(*variables) if variables else patient.aws_set(name, "region", "us-east-1")
        what = f"{name}: {regions.unknown(region) or error.what}"
        return Finding(NETWORK, what, command, "or write the region that was meant")
    host = f"sts.{region}.amazonaws.com" if region else "sts.amazonaws.com"
    return Finding(NETWORK, error.what, f"curl -sSv https://{host}", "the command shows what is in between")


def _clock_command() -> str:
    return CLOCKS.get(sys.platform, "sudo timedatectl set-ntp true")


def _out(patient: Patient, profile: str, setting: str, variables: "list[str]") -> str:
    """The command that takes a setting out: a variable, else the line of the profile."""
    if variables:
        return patient.unset(*variables)
    for file in (ini.CREDENTIALS, ini.CONFIG):
        if line := patient.config.line(file, profile, setting):
            return patient.comment_out(patient.path_of(file), line)
    return patient.edit(patient.aws_files[0])
