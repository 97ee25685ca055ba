"""`exec --serve`: an endpoint beside a running command, which gives it credentials and renews them.

In: the role that `exec` took, and the options that asked for it; out: the command's environment. This process is about
to become the command, so the endpoint lives in a process of its own. That one is no child of the command, which would
have to expect it; it has no terminal, so that nothing in it can ask a question; and it ends when the command does.

On Windows a process cannot become another one: there the endpoint is a thread of the process that waits.
"""

import gc
import os
import secrets
import select
import shutil
import sys
import tempfile
import threading
import time

from assume import files, paths
from assume.cold import child_config
from assume.cold.endpoint import Endpoint
from assume.cold.renewing import Renewing
from assume.cold.resolve import resolve
from assume.credentials import Credentials
from assume.errors import AssumeError, UsageError
from assume.fast import entry, middle, warm
from assume.profiles.config import Config, read
from assume.shells import environment, served
from assume.store import record
from assume.terminal import show

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import NoReturn

    from assume.arguments import Options

POLL_S = 0.2  # where the system cannot tell that a process has ended


def serve(options: "Options", taken: warm.Assumed, have: dict[str, str]) -> dict[str, str]:
    """Starts the endpoint for this process, which becomes the command. Returns the command's environment.

    Raises UsageError if the role has no credentials that expire.
    """
    if options.export:
        raise UsageError("--serve exports neither keys nor a profile", "leave out --serve or --export")
    if taken.credentials.expires_at is None or not taken.credentials.session_token:
        raise UsageError(
            f"--serve gives credentials that expire, and those of {taken.known['name']} do not",
            "leave --serve out, or name the profile of a role",
        )
    wanted = taken.environment()  # before anything is started: it refuses what must not reach a command
    folder = _folder(options, taken)
    authorization = secrets.token_urlsafe(32)
    keeper = Renewing(taken.credentials, _Renewal(options, taken.known, have), show.say, options.min_left_s)
    endpoint = Endpoint(authorization, taken.known.get("role_arn", ""), keeper.credentials)
    if sys.platform == "win32":
        for work in (endpoint.serve_forever, keeper.work):
            threading.Thread(target=work, daemon=True).start()
    else:
        _start(endpoint, keeper, folder)
    variables = {
        served.URI: endpoint.url,
        served.AUTHORIZATION: authorization,
        served.CONFIG: f"{folder}/config",
        served.CREDENTIALS: f"{folder}/credentials",
    }
    return served.served(wanted, taken.base, taken.known.get("region", ""), variables)


class _Renewal:
    """Gets new credentials of the same role. Asks nothing: there is no terminal, and the guard was answered."""

    def __init__(self, options: "Options", known: "Mapping[str, str]", have: dict[str, str]) -> None:
        self.options = options
        self.role = (known.get("role_arn", ""), known.get("read_only") == "1")
        self.have = have
        options.yes = True
        options.mfa_code = options.holding = ""
        options.refresh = False

    def __call__(self) -> Credentials:
        base, _ = environment.baseline(self.have)
        plan = middle.planned(self.options, base, time.time())
        if (plan.chain.role_arn, plan.chain.is_read_only) != self.role:
            raise AssumeError(
                "the profile leads to another role now, or to other rights",
                "start the command again to use them",
                plan.chain.name,
            )
        assumed = resolve(self.options, self.have, plan=plan)
        if assumed.note:  # the old ones, because there are no new ones: the note has the reason, and how long they last
            what, *cures = assumed.note.split("\n")[:-1]
            raise AssumeError(what.removeprefix("assume: "), tuple(map(str.strip, cures)))
        entry.add_to_history("renew", assumed, time.time())
        return assumed.credentials


def _folder(options: "Options", taken: warm.Assumed) -> str:
    """A private folder with the AWS files of the command; no secret is in them."""
    config = Config(*map(read, paths.aws_files(taken.base)))
    known = taken.known
    text = child_config.text(config, options.profile, known.get("aws_profile", ""), known.get("region", ""))
    store = paths.store(taken.base)
    reason = ""
    for place in (*([store] if record.folder_is_sound(store) else []), None):  # None: the folder for temporary files
        folder = ""
        try:
            folder = tempfile.mkdtemp(prefix=f"{files.SERVED}{os.getpid()}.", dir=place)
            for name, content in (("config", text), ("credentials", "")):
                files.write_whole(f"{folder}/{name}", content.encode("utf-8", "surrogateescape"), sync=False)
            return folder
        except OSError as error:
            reason = error.strerror or str(error)
            shutil.rmtree(folder, ignore_errors=True)
    raise AssumeError(f"the AWS files of the command cannot be written: {reason}", "set TMPDIR to a folder with space")


def forget(variables: "Mapping[str, str]") -> None:
    """Removes the files of a command that has ended."""
    shutil.rmtree(os.path.dirname(variables[served.CONFIG]), ignore_errors=True)


def _start(endpoint: Endpoint, keeper: Renewing, folder: str) -> None:
    """Starts the process of the endpoint, and returns once it watches this one. Raises AssumeError."""
    command = os.getpid()
    end = _Ending(command)
    ready, told = os.pipe()
    try:
        between = os.fork()
    except OSError as error:
        raise AssumeError(f"no process can be started: {error.strerror}") from None
    if between == 0:
        try:
            os.setsid()
            if os.fork() == 0:
                _live(endpoint, keeper, end, folder, told)
        finally:
            os._exit(1)
    os.close(told)
    try:
        os.waitpid(between, 0)
    except ChildProcessError:  # SIGCHLD is ignored here
        pass
    is_running = os.read(ready, 1)
    os.close(ready)
    endpoint.socket.close()
    if not is_running:
        raise AssumeError("the endpoint for the command has not started", "try again")


def _live(endpoint: Endpoint, keeper: Renewing, end: "_Ending", folder: str, told: int) -> "NoReturn":
    """The life of the endpoint's process. The only thing that it shows is a failure to renew."""

    def watch() -> None:
        end.wait()
        shutil.rmtree(folder, ignore_errors=True)
        os._exit(0)

    gc.enable()  # `start` has turned it off
    try:
        log = os.dup(2)
    except OSError:  # it is closed
        log = -1
    null = os.open(os.devnull, os.O_RDWR)
    for handle in (0, 1, 2):
        os.dup2(null, handle)
    keeper.tell = lambda text: show.say(text, log)
    for work in (watch, endpoint.serve_forever):
        threading.Thread(target=work, daemon=True).start()
    os.write(told, b"1")
    os.close(told)
    keeper.work()


class _Ending:
    """The end of a process that is not a child of ours. Made before the process could end."""

    def __init__(self, process: int) -> None:
        self.process = process
        self.handle = -1
        if sys.platform == "linux":
            try:
                self.handle = os.pidfd_open(process)
            except OSError:  # an old kernel, or a sandbox
                pass

    def wait(self) -> None:
        """Returns when the process has ended."""
        if self.handle >= 0:
            watching = select.poll()
            watching.register(self.handle, select.POLLIN)
            watching.poll()
            return
        while True:
            try:
                os.kill(self.process, 0)
            except ProcessLookupError:
                return
            except PermissionError:
                pass  # it runs as another user now
            time.sleep(POLL_S)
