"""The guard: a profile with `assume_confirm` asks for its name or account before it gives credentials."""

from assume.errors import AssumeError, NoTerminal
from assume.terminal import ask, show

TYPE_CHECKING = False
if TYPE_CHECKING:
    from assume.arguments import Options
    from assume.profiles.chain import Chain


def confirm(chain: "Chain", options: "Options") -> None:
    """Asks for the account id or the profile's name (not `y`) if the profile is guarded. Raises AssumeError."""
    if not chain.confirm or options.yes:
        return
    name = chain.profile or chain.name
    account = show.account(chain.role_arn) if chain.hops else chain.account
    what = f"account {account}" if account else "credentials"
    expected = f"the account id or `{name}`" if account else f"`{name}`"
    if options.format == "process":  # started by an SDK, where a question would surprise
        raise AssumeError(
            "is guarded (assume_confirm)", "give --yes in the credential_process line if you mean it", name
        )
    try:
        answer = ask.ask(f"{name} is guarded ({what}). Type {expected} to go on: ", echo=True)
    except NoTerminal:
        raise AssumeError(
            "is guarded (assume_confirm), and there is no terminal to ask on", "give --yes if you mean it", name
        ) from None
    if answer not in (name, account) or not answer:
        raise AssumeError("not confirmed: nothing was changed", f"the answer is {expected}", name)
