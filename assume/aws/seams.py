"""Everything that we replace or set in botocore and urllib3, in one table; and what holds for the whole process.

| in botocore | by | what, and why |
|---|---|---|
| `Session.full_config` | client.Session | the chain's sections: to read 10,000 profiles takes 380 ms |
| component `data_loader` | client.Loader | lists the four services that we call, not all 430 |
| component `credential_provider` | client.Swapped | credentials set before each call: one client for all hops |
| config of a client | client.clients | time-outs; no retry of a call with an MFA code |
| event `before-send.sts` | client.Hand | hands over what came of our own attempt (`direct`), as botocore's first |
| `AWSResponse.raw` | client.Hand | a body that is in memory already |
| `ProcessProvider(popen=…)` | process.Command | limits of time and output; the baseline's environment |
| `create_credential_resolver(cache=…)` | cli_cache.Cache | the AWS CLI's cache, without its damaged entries |
| `ProfileProviderBuilder.providers` | sources | the source's provider, with the settings of the profile asked for |
| `ProfileProviderBuilder(sso_token_cache=…)` | sources | refreshes a token in its turn: it works only once |
| `RefreshableCredentials._expiry_time` | sources | is read: nothing public says when credentials expire |
| `ContainerMetadataFetcher.TIMEOUT_SECONDS` | seams.shorten_timeouts | 1 s to connect, 2 s to answer |
| `SystemTimeWarning` of urllib3 | seams.hide_clock_warning | is hidden: `network` has a message about the clock |
| the environment of this process | seams.enter | the baseline: botocore reads variables in many places |
| the variable `no_proxy` | seams.no_proxy | `*` for metadata: a proxy would answer for its own machine |

botocore's private `_create_cache_key` and the form of its `JSONFileCache` are copied in `cli_cache`, not replaced.
"""

import os
import threading

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

METADATA_S = (1, 2)  # to connect, to answer
LEFT_OUT = ("AWS_PROFILE", "AWS_DEFAULT_PROFILE")  # the profile is given to each session

_proxies = threading.Lock()
_blocks: "list[None]" = []  # one for each block of `no_proxy` that is open
_before: "list[str | None]" = []  # the value of no_proxy before the first of them


def enter(base: "Mapping[str, str]") -> None:
    """Makes `base`, the baseline, the environment of this process."""
    os.environ.clear()
    os.environ.update({name: value for name, value in base.items() if name not in LEFT_OUT})


def shorten_timeouts() -> None:
    """Limits the wait for container credentials, in seconds: botocore has no setting for it."""
    import botocore.utils

    botocore.utils.ContainerMetadataFetcher.TIMEOUT_SECONDS = METADATA_S  # type: ignore[assignment]


def hide_clock_warning() -> None:
    """Hides urllib3's warning about a clock that is years off, which Python would print with the path of a file."""
    import warnings

    warnings.filterwarnings("ignore", message="System time is way off")


class no_proxy:  # noqa: N801  it is used like a function; contextlib takes too long to import
    """Switches every proxy off in this process, until the block ends; of several threads, until the last one's ends."""

    def __enter__(self) -> None:
        with _proxies:
            if not _blocks:
                _before[:] = [os.environ.get("no_proxy")]
                os.environ["no_proxy"] = "*"
            _blocks.append(None)

    def __exit__(self, *_: object) -> None:
        with _proxies:
            _blocks.pop()
            if not _blocks:
                _restore(_before[0])


def _restore(before: "str | None") -> None:
    if before is None:
        os.environ.pop("no_proxy", None)
    else:
        os.environ["no_proxy"] = before
