"""The environment of a command that gets its credentials from an endpoint (`exec --serve`). Pure.

SDKs look at keys, profiles, web identities and the AWS files before they ask an endpoint. So the command has none of
these: in place of the user's AWS files it has a config file with the role's settings alone, and no credentials file.
"""

from assume.shells import environment

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

URI, AUTHORIZATION = "AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_CONTAINER_AUTHORIZATION_TOKEN"
CONFIG, CREDENTIALS = "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"
GONE = frozenset(
    (
        *environment.KEYS,
        *environment.EXPIRATIONS,
        *environment.SERVED,
        environment.ACCOUNT,
        "AWS_PROFILE",
        "ASSUME_EXPIRES",
        "ASSUME_KEY_ID",
    )
)


def served(
    taken: "Mapping[str, str]", base: "Mapping[str, str]", region: str, variables: "Mapping[str, str]"
) -> dict[str, str]:
    """The command's environment.

    `taken`: the environment of a plain `exec`; `base`: the baseline, to which a call of `assume` inside the command
    returns; `region`: the one that was set, or ""; `variables`: those of the endpoint, and the paths of its files.
    """
    result = {name: value for name, value in taken.items() if name not in GONE}
    result.update(variables)
    result["ASSUME_EXPORTED"] = environment.ENDPOINT
    over = {"region": region} if region else {}
    result[environment.BEFORE] = environment.record_of(base, over, environment.SERVED)
    return result
