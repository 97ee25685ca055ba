"""`use`, `off` and the hook's `renew`, if the fast lanes could not answer."""

import time

from assume import arguments
from assume.arguments import Options
from assume.cold.take import taken_here
from assume.errors import AssumeError, NoSuchProfile, UsageError
from assume.fast import entry, warm
from assume.shells import environment
from assume.terminal import show


def run(options: Options) -> int:
    """Puts a role into the shell whose function called us. Raises AssumeError if no function did."""
    have = environment.own_environment()
    if not options.shell:
        _refuse_typos(options.profile, have)
        raise not_loaded(options.profile)
    if not options.profile and not options.credential_source:
        from assume.cli.picking import picked

        options.profile = picked(have, options.role_arn)
    options = warm.asked(options)
    from assume.cli.install import refresh_init_files
    from assume.cold.resolve import resolve

    try:
        taken = resolve(options, have)
    except NoSuchProfile as error:
        options.profile = _picked_instead(error, options, have)
        taken = resolve(options, have)
    status = entry.hand_over(taken, options, have, time.time())
    refresh_init_files(environment.baseline(have)[0])
    return status


def renew(options: Options) -> int:
    """Renews the role of the shell, before a prompt. Never asks, and ends within two seconds."""
    have = environment.own_environment()
    words = taken_here(options.state, have)
    before = arguments.read(words) if words else None
    if before is None or not options.shell:
        return 1
    before.shell, before.state = options.shell, options.state
    from assume.cold.resolve import resolve

    taken = resolve(before, have, silent=True)
    if not show.write(1, warm.reply(taken, before, have)):
        return 1
    if taken.credentials.key_id != have.get("ASSUME_KEY_ID"):
        entry.add_to_history("renew", taken, time.time())
    return 0


def off(words: list[str]) -> int:
    """Restores the baseline."""
    options = arguments.read(words)
    if options is None or options.profile:
        raise UsageError("off takes no profile", "assume off")
    if not options.shell:
        raise not_loaded("off")
    return entry.off(options)


def not_loaded(word: str) -> AssumeError:
    """The error if the shell function did not call us: only the function can change its shell."""
    from assume.shells import table

    try:
        import shellingham

        name = shellingham.detect_shell()[0]
        shell = table.named(name)
    except Exception:
        lines = [table.loading_line(name) for name in table.SHELLS]
        return AssumeError(
            "the shell function is not loaded, so this shell cannot be changed", ("load it with one of", *lines)
        )
    rest = f", then `assume {word}` again" if word else ""
    return AssumeError(
        f"the shell function is not loaded, so this {shell.name} cannot be changed",
        (f"load it: {table.loading_line(shell.name)}", f"(`assume install` adds it for every new shell){rest}"),
    )


def _refuse_typos(name: str, have: dict[str, str]) -> None:
    """Raises NoSuchProfile for a name that is no profile and was meant as a command or as a role."""
    from assume import paths
    from assume.cli import typos
    from assume.profiles.advice import no_such_profile
    from assume.profiles.config import Config, read

    if typos.is_like_a_command(name):
        base, _ = environment.baseline(have)
        config = Config(*map(read, paths.aws_files(base)))
        if name not in config:
            raise no_such_profile(name, config, base)


def _picked_instead(error: NoSuchProfile, options: Options, have: dict[str, str]) -> str:
    """The profile that the user picks among those whose names have what was typed. In a script raises `error`."""
    from assume.cli import picking, typos

    typed = error.profile
    if typed != options.profile or typos.is_like_a_command(typed) or not picking.is_possible():
        raise error
    name = picking.picked(have, options.role_arn, typed)
    if not name:
        raise error
    return name
