"""The table of regions has every region that botocore has, and finds the one that a wrong name means."""

import json
from pathlib import Path

import botocore
import pytest

from assume.regions import REGIONS, unknown


def botocores():
    """Region: place, of every partition of the installed botocore."""
    file = Path(botocore.__file__).parent / "data" / "endpoints.json"
    partitions = json.loads(file.read_text(encoding="utf-8"))["partitions"]
    return {name: region["description"] for part in partitions for name, region in part["regions"].items()}


def test_it_has_every_region_that_botocore_has():
    missing = {name: place for name, place in botocores().items() if name not in REGIONS}
    table = "".join(f'    "{name}": "{place}",\n' for name, place in sorted({**botocores(), **REGIONS}.items()))
    assert not missing, f"assume/regions.py needs this table:\n{table}"


def test_it_is_sorted_and_has_regions_of_every_partition():
    assert list(REGIONS) == sorted(REGIONS)
    assert {"us-east-1", "cn-north-1", "us-gov-west-1", "eu-central-2", "us-iso-east-1"} <= set(REGIONS)


@pytest.mark.parametrize(
    ("region", "meant"),
    [("frankfurt", "eu-central-1"), ("Ireland", "eu-west-1"), ("eu-west-99", "eu-west-1"), ("useast1", "us-east-1"),
     ("eu-central1", "eu-central-1"), ("US-EAST-1", "us-east-1")],
)  # fmt: skip
def test_an_unknown_name_gets_a_warning_with_the_region_that_is_meant(region, meant):
    told = unknown(region)
    assert told.startswith(f"no AWS region is known as {region}; did you mean: ")
    assert meant in told


def test_a_known_region_gets_no_warning_and_nonsense_no_suggestion():
    assert unknown("eu-west-1") == ""
    assert unknown("xyz") == "no AWS region is known as xyz"
