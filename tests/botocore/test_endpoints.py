"""Differential table, endpoints: the STS host that is called and its signing region, by file and by variable.

Every host is the simulator, which has a certificate for each; the hosts called are compared.
Facts are about botocore.
"""

import pytest

from .rows import BASE, ROLE, Row, judge, params

CA = {"AWS_CA_BUNDLE": "<bundle>"}
GLOBAL = "https://sts.amazonaws.com"
WEST = "https://sts.us-west-2.amazonaws.com"
ADDRESS = "http://127.0.0.1"
SERVICES = "[services here]\nsts =\n  endpoint_url = <sts>\n"
NOWHERE = "http://127.0.0.1:9"


def aws(fact, lines="", env=None, more="", **wanted):
    """A row in which no variable sets the endpoint; `lines` belong to the profile, `more` are other sections."""
    wanted.setdefault("reaches", "" if "error" in wanted else "r1")
    return Row(fact, f"{ROLE}{lines}\n{BASE}{more}", env=CA | (env or {}), anywhere=True, **wanted)


def at(region):
    return f"https://sts.{region}.amazonaws.com"


REGIONS = [
    aws("region set -> sts.REGION.amazonaws.com signed for REGION", "region = us-west-2", where=WEST,
        region="us-west-2"),
    aws("by the variable AWS_DEFAULT_REGION", env={"AWS_DEFAULT_REGION": "us-west-2"}, where=WEST, region="us-west-2"),
    aws("an environment region beats the profile's", "region = eu-west-1", {"AWS_DEFAULT_REGION": "us-west-2"},
        where=WEST),
    aws("AWS_REGION is read only by v2", "region = us-west-2", {"AWS_REGION": "eu-west-1"}, where=WEST),
    aws("AWS_REGION is read only by v2, also where nothing else gives a region", "", {"AWS_REGION": "us-west-2"},
        where=GLOBAL, differs="the newest AWS CLI counts", ours="r1", says="(nothing: the host differs)"),
    aws("no region -> sts.amazonaws.com signed for us-east-1", where=GLOBAL, region="us-east-1"),
    aws("region aws-global the same", "region = aws-global", where=GLOBAL, region="us-east-1"),
    aws("us-east-1 is a region as any other", "region = us-east-1", where=at("us-east-1"), region="us-east-1"),
    aws("the source's region is never inherited", more="region = us-west-2\n", where=GLOBAL),
    aws("[default]'s region is never inherited", more="[default]\nregion = us-west-2\n", where=GLOBAL),
    aws("all hops of a chain use the settings of the profile that was named", "region = us-west-2",
        more="role_arn = <r3>\n[profile q]\nrole_arn = <r2>\nregion = eu-west-1\nsource_profile = p\n",
        profile="q", reaches="r2", roles=("r1", "r2"), where=at("eu-west-1"), region="eu-west-1"),
    aws("region = (blank) -> ValueError", "region =", error="Invalid endpoint: https://sts..amazonaws.com",
        says="its region is empty or not a region name"),
    aws("region is not a host label -> InvalidRegionError", "region = us_east_1;", error="InvalidRegionError",
        says="region"),
    Row("cn-* -> .amazonaws.com.cn",
        "[profile p]\nregion = cn-north-1\nrole_arn = arn:aws-cn:iam::123456789012:role/r1\n"
        "source_profile = c\n[profile c]\naws_access_key_id = AKIACHINACHINACHINA1\n"
        "aws_secret_access_key = of-nobody/but+the-tests\n",
        env=CA, anywhere=True, reaches="r1", where="https://sts.cn-north-1.amazonaws.com.cn", region="cn-north-1"),
]  # fmt: skip

LEGACY = "region = us-west-2\nsts_regional_endpoints = legacy"
KINDS = [
    aws("legacy sends the 15 old regions to the global endpoint", LEGACY, where=GLOBAL, region="us-east-1"),
    aws("legacy by AWS_STS_REGIONAL_ENDPOINTS", "region = us-west-2", {"AWS_STS_REGIONAL_ENDPOINTS": "legacy"},
        where=GLOBAL),
    aws("env wins over the profile", LEGACY, {"AWS_STS_REGIONAL_ENDPOINTS": "regional"}, where=WEST,
        region="us-west-2"),
    aws("legacy sends newer ones (ap-east-1...) to themselves", LEGACY.replace("us-west-2", "ap-east-1"),
        where=at("ap-east-1")),
    aws("default sts_regional_endpoints=regional", "region = us-west-2\nsts_regional_endpoints = regional", where=WEST),
    aws("the source's sts_regional_endpoints is never inherited", "region = us-west-2",
        more="sts_regional_endpoints = legacy\n",
        where=WEST),
    aws("other values: InvalidSTSRegionalEndpointsConfigError", LEGACY.replace("legacy", "local"),
        error="InvalidSTSRegionalEndpointsConfigError", says="its sts_regional_endpoints (config file, line "),
    aws("use_fips_endpoint -> sts-fips.R", "region = us-west-2\nuse_fips_endpoint = true",
        where="https://sts-fips.us-west-2.amazonaws.com", region="us-west-2"),
    aws("AWS_USE_FIPS_ENDPOINT", "region = us-west-2", {"AWS_USE_FIPS_ENDPOINT": "true"},
        where="https://sts-fips.us-west-2.amazonaws.com"),
    aws("AWS_USE_FIPS_ENDPOINT=false wins over the profile", "region = us-west-2\nuse_fips_endpoint = true",
        {"AWS_USE_FIPS_ENDPOINT": "false"}, where=WEST),
    aws("use_dualstack_endpoint -> sts.R.api.aws", "region = us-west-2\nuse_dualstack_endpoint = true",
        where="https://sts.us-west-2.api.aws", region="us-west-2"),
    aws("AWS_USE_DUALSTACK_ENDPOINT", "region = us-west-2", {"AWS_USE_DUALSTACK_ENDPOINT": "true"},
        where="https://sts.us-west-2.api.aws"),
    aws("AWS_USE_DUALSTACK_ENDPOINT=false wins over the profile", "region = us-west-2\nuse_dualstack_endpoint = true",
        {"AWS_USE_DUALSTACK_ENDPOINT": "false"}, where=WEST),
]  # fmt: skip

REGIONAL = "region = us-west-2\n"
OWN = [
    aws("profile endpoint_url", REGIONAL + "endpoint_url = <sts>", where=ADDRESS, region="us-west-2"),
    aws("AWS_ENDPOINT_URL", REGIONAL, {"AWS_ENDPOINT_URL": "<sts>"}, where=ADDRESS, region="us-west-2"),
    aws("AWS_ENDPOINT_URL_STS", REGIONAL, {"AWS_ENDPOINT_URL_STS": "<sts>"}, where=ADDRESS),
    aws("[services NAME] sts.endpoint_url", REGIONAL + "services = here", more=SERVICES, where=ADDRESS),
    aws("AWS_ENDPOINT_URL_STS > AWS_ENDPOINT_URL", REGIONAL, {"AWS_ENDPOINT_URL_STS": "<sts>",
        "AWS_ENDPOINT_URL": NOWHERE},
        where=ADDRESS),
    aws("AWS_ENDPOINT_URL > [services NAME]", REGIONAL + "services = here", {"AWS_ENDPOINT_URL": "<sts>"},
        more=SERVICES.replace("<sts>", NOWHERE), where=ADDRESS),
    aws("[services NAME] > profile endpoint_url", REGIONAL + f"services = here\nendpoint_url = {NOWHERE}",
        more=SERVICES,
        where=ADDRESS),
    aws("a services section without sts leaves the profile's endpoint_url",
        REGIONAL + "services = here\nendpoint_url = <sts>",
        more=SERVICES.replace("sts =", "s3 ="), where=ADDRESS),
    aws("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS=true disables all four",
        REGIONAL + f"services = here\nendpoint_url = {NOWHERE}",
        {"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true", "AWS_ENDPOINT_URL": NOWHERE, "AWS_ENDPOINT_URL_STS": NOWHERE},
        more=SERVICES.replace("<sts>", NOWHERE), where=WEST),
    aws("ignore_configured_endpoint_urls in the profile",
        REGIONAL + f"endpoint_url = {NOWHERE}\nignore_configured_endpoint_urls = true",
        where=WEST),
    aws("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS=false wins over the profile",
        REGIONAL + "endpoint_url = <sts>\nignore_configured_endpoint_urls = true",
        {"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "false"}, where=ADDRESS),
    aws("services = missing -> InvalidConfigError", REGIONAL + "services = missing", error="InvalidConfigError",
        says="its services section missing does not exist"),
    aws("with an endpoint URL and no region: NoRegionError", "endpoint_url = <sts>", error="You must specify a region",
        says="a custom endpoint needs a region"),
    aws("with AWS_ENDPOINT_URL and no region: NoRegionError", env={"AWS_ENDPOINT_URL": "<sts>"}, error="NoRegionError"),
    aws("the source's endpoint_url is never inherited", REGIONAL, more=f"endpoint_url = {NOWHERE}\n", where=WEST),
    aws("[default]'s endpoint_url is never inherited", REGIONAL, more=f"[default]\nendpoint_url = {NOWHERE}\n",
        where=WEST),
    aws("the source's services are never inherited", REGIONAL, more="services = here\n" + SERVICES.replace("<sts>",
        NOWHERE),
        where=WEST),
    aws("an endpoint URL with https", REGIONAL + "endpoint_url = https://sts.example.com",
        where="https://sts.example.com"),
    aws("an endpoint URL that is none", REGIONAL + "endpoint_url = sts.example.com",
        error="Invalid endpoint: sts.example.com"),
]  # fmt: skip


@params(REGIONS)
def test_the_region_decides_the_host(both, row):
    judge(both, row)


@params(KINDS)
def test_the_kind_of_endpoint_decides_the_host(both, row):
    judge(both, row)


@params(OWN)
def test_a_configured_endpoint_url_decides_the_host(both, row):
    judge(both, row)


@pytest.mark.parametrize(
    ("region", "host"),
    [("us-gov-west-1", "sts.us-gov-west-1.amazonaws.com"), ("cn-north-1", "sts.cn-north-1.amazonaws.com.cn")],
)
@pytest.mark.parametrize("fast", [True, False])
def test_aws_region_alone_is_the_region_of_the_call(both, region, host, fast):
    """*Differs, because* AWS CLI 2 reads it; the call is the one that botocore makes with AWS_DEFAULT_REGION."""
    both.write(ROLE + BASE)
    env = {"AWS_CA_BUNDLE": str(both.bundle)}
    theirs = both.botocore("p", env | {"AWS_DEFAULT_REGION": region})
    ours = both.ours("p", env | {"AWS_REGION": region}, "--no-cache", fast=fast)
    assert (ours.last.where, ours.last.region) == (f"https://{host}", region)
    assert ours.essence == theirs.essence


def test_only_this_machine_is_called(both):
    judge(both, REGIONS[0])
    assert {host for host, _ in both.dialled} == {"sts.us-west-2.amazonaws.com"}
    assert len(both.tls.calls) == 1, "it arrived at the simulator"


@pytest.mark.parametrize("row", [REGIONS[0], REGIONS[4], REGIONS[5], OWN[0], OWN[3], OWN[8], OWN[17]])
def test_our_own_connection_is_used_wherever_the_endpoint_is_plain(both, row):
    both.write(row.config)
    reached = both.ours("p", {name: both.filled(value) for name, value in row.env.items()}, "--no-cache")
    assert (reached.error, reached.by_own_connection) == (None, 1)
