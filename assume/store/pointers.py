"""Pointers: what the warm lane needs to answer without reading the AWS files.

A pointer holds the words of a request, the name of the entry that answers it,
the signatures of all files that its chain depends on, and the variables that
matter. `known` returns the part from which a reply is made.
"""

from assume import paths
from assume.store import record, write

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from assume.arguments import Options
    from assume.profiles.chain import Chain


def known(chain: "Chain") -> dict[str, str]:
    """The fields of a chain that a pointer keeps and a reply needs."""
    fields = {"confirm": "1"} if chain.confirm else {}  # never in a pointer: there is none for such a profile
    return fields | {
        "name": chain.name,
        "aws_profile": "" if chain.ad_hoc else chain.profile,
        "region": chain.region or "",
        "export": chain.export,
        "role_arn": chain.role_arn,
        "account": chain.account,
        "sso_role": chain.sso_role,
        "read_only": "1" if chain.is_read_only else "",
        "renew": "1" if chain.renew and not chain.confirm else "",
        "colour": chain.colour,
    }


def point(
    folder: str,
    options: "Options",
    chain: "Chain",
    base: "Mapping[str, str]",
    seen: "Mapping[str, str]",
    now: float,
    cli: str = "",
    mark: str = "",
) -> None:
    """Writes a pointer for the warm lane; `seen`: the signatures of the AWS files, taken before they were read.

    `cli`: where the AWS CLI's cache has the same credentials, if it may have them; `mark`: of an entry of ours there.
    """
    aws_files = paths.aws_files(base)
    files = [*aws_files, *chain.files]
    if not chain.is_kept or chain.confirm or not all(map(paths.is_plain, files)):
        return
    request = chain.request(len(chain.hops))
    key = record.key_of(options, aws_files)
    fields = {"key": key, "request": request, "entry": record.entry_name(request), **known(chain)}
    fields.update(("$" + name, base[name]) for name in record.VARIABLES if base.get(name))
    if cli:
        fields.update(cli=cli, cli_mark=mark)
    fields.update(("/" + path, seen.get(path) or record.signature(path, now)) for path in files)
    try:
        write.put(folder, record.name_of(key) + record.POINTER, fields, sync=False)
    except OSError:
        pass  # the next call is a little slower
