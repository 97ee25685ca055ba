"""Starts processes as Windows does: from one string, which the started program splits again.

In: the kernel, the real modules. Out: the modules `_winapi` and `msvcrt`, with which
the standard library's `subprocess` runs its code for Windows, and `spawnv` and
`execv` for `nt`. During a wait for a process, Ctrl-C is delivered only afterwards.
"""

STILL_ACTIVE = 259
CONTROL_C_EXIT = 0xC000013A
FIRST = 1 << 20  # handles of processes start here, above all file descriptors
FAR = 1 << 62
CONSTANTS = {
    "STD_INPUT_HANDLE": -10,
    "STD_OUTPUT_HANDLE": -11,
    "STD_ERROR_HANDLE": -12,
    "STARTF_USESTDHANDLES": 0x100,
    "DUPLICATE_SAME_ACCESS": 2,
    "INFINITE": 0xFFFFFFFF,
    "WAIT_OBJECT_0": 0,
    "WAIT_TIMEOUT": 258,
    "STILL_ACTIVE": STILL_ACTIVE,
}


def words_of(line: str) -> list[str]:
    """The arguments in a command line, split as the C library of the started program does."""
    words: list[str] = []
    at, quoted, word = 0, False, None
    while at < len(line):
        mark = line[at]
        if mark == "\\":
            count = len(line) - at - len(line[at:].lstrip("\\"))
            at += count
            quote = line[at : at + 1] == '"'
            word = (word or "") + "\\" * (count // 2 if quote else count)
            if quote and count % 2:
                word += '"'
                at += 1
            continue
        at += 1
        if mark == '"':
            if quoted and line[at : at + 1] == '"':
                word = (word or "") + '"'
                at += 1
            else:
                quoted, word = not quoted, word or ""
        elif mark in " \t" and not quoted:
            if word is not None:
                words.append(word)
            word = None
        else:
            word = (word or "") + mark
    return words if word is None else [*words, word]


class Processes:
    """The processes that this process has started."""

    def __init__(self, kernel, posix, signal, time) -> None:
        self.kernel = kernel
        self.posix = posix
        self.signal = signal
        self.time = time
        self.ended: dict[int, int] = {}  # status by process

    def start(self, line: str, variables, files: dict[int, int], program: str = "") -> int:
        """Starts a command line; `program` if that is not its first word. Raises OSError as Windows does."""
        words = words_of(line)
        variables = self.kernel.variables if variables is None else dict(variables)
        assert len({name.upper() for name in variables}) == len(variables), "a name twice, in two cases"
        assert "SYSTEMROOT" in {name.upper() for name in variables}, "no program starts without it"
        assert not any(name == "" or "=" in name for name in variables)
        program = self.found(program or words[0])
        posix, signal = self.posix, self.signal
        actions = [(posix.POSIX_SPAWN_DUP2, theirs, ours) for ours, theirs in files.items()]
        try:
            return posix.posix_spawn(program, words, variables, file_actions=actions, setsigdef=[signal.SIGINT])
        except PermissionError:
            raise OSError(22, "%1 is not a valid Win32 application", words[0]) from None

    def found(self, program: str) -> str:
        """The path of a program; without a folder, it is searched for on this process's PATH."""
        folders = [""]
        if not set(program) & set(":\\/"):
            path = {name.upper(): value for name, value in self.kernel.variables.items()}.get("PATH", "")
            folders = [folder.rstrip("\\") + "\\" for folder in path.split(";") if folder]
        for folder in folders:
            path = folder + program
            for name in (path, path + ".exe"):
                try:
                    here = self.kernel.path(name)
                    self.posix.stat(here)
                except OSError:
                    continue
                return here
        raise FileNotFoundError(2, "The system cannot find the file specified")

    def wait(self, pid: int, timeout_s: float | None) -> bool:
        """Whether the process ended within the time. Ctrl-C is delivered only afterwards."""
        until = None if timeout_s is None else self.time.monotonic() + timeout_s
        before = self.signal.pthread_sigmask(self.signal.SIG_BLOCK, [self.signal.SIGINT])
        try:
            while pid not in self.ended:
                found, status = self.posix.waitpid(pid, 0 if until is None else self.posix.WNOHANG)
                if found:
                    self.ended[pid] = self.status(status)
                elif until is not None and self.time.monotonic() > until:
                    return False
                else:
                    self.time.sleep(0.002)
        finally:
            self.signal.pthread_sigmask(self.signal.SIG_SETMASK, before)
        return True

    def status(self, status: int) -> int:
        """An exit status in the form of Windows: 32 bits, unsigned."""
        posix = self.posix
        if posix.WIFEXITED(status):
            return posix.WEXITSTATUS(status)
        return CONTROL_C_EXIT if posix.WTERMSIG(status) == self.signal.SIGINT else 1

    # of `nt`

    def spawnv(self, mode, path, words):
        """`spawnv` of the C library: joins the arguments with blanks, without quotes."""
        started = self.start(" ".join(words), None, {}, path)
        if mode != 0:
            return FIRST + started
        self.wait(started, None)
        status = self.ended[started]
        return status - (1 << 32) if status >= 1 << 31 else status

    def execv(self, path, words):
        """Starts another process and ends this one, so that its parent stops waiting."""
        self.start(" ".join(words), None, {}, path)
        self.posix._exit(0)

    def winapi(self):
        """The module `_winapi`, which `subprocess` uses."""
        made = self.kernel.blank("_winapi")
        made.__getattr__ = lambda name: 0 if name.isupper() else _none(name)  # constants whose value does not matter
        for name, value in CONSTANTS.items():
            setattr(made, name, value)

        def create(program, line, _process, _thread, _inherits, _flags, variables, _folder, startup):
            files = {}
            if startup is not None and startup.dwFlags & CONSTANTS["STARTF_USESTDHANDLES"]:
                files = dict(enumerate((startup.hStdInput, startup.hStdOutput, startup.hStdError)))
            pid = self.start(line, variables, files, program or "")
            return FIRST + pid, FIRST * 2 + pid, pid, 1

        def wait(handle, milliseconds):
            forever = milliseconds == CONSTANTS["INFINITE"]
            ended = self.wait(handle - FIRST, None if forever else milliseconds / 1000)
            return 0 if ended else CONSTANTS["WAIT_TIMEOUT"]

        def terminate(handle, _status):
            self.posix.kill(handle - FIRST, self.signal.SIGKILL)

        def duplicate(_process, handle, _to, _access, _inherits, _options):
            copy = self.posix.dup(handle)
            self.posix.set_inheritable(copy, True)
            return copy

        made.CreateProcess = create
        made.WaitForSingleObject = wait
        made.TerminateProcess = terminate
        made.GetExitCodeProcess = lambda handle: self.ended.get(handle - FIRST, STILL_ACTIVE)
        made.CreatePipe = lambda _attributes, _size: self.posix.pipe()
        made.GetCurrentProcess = lambda: -1
        made.DuplicateHandle = duplicate
        made.GetStdHandle = lambda number: -number - 10
        made.CloseHandle = lambda handle: None if handle >= FIRST else self.posix.close(handle)
        made.GetFileType = lambda _handle: 1
        made.NeedCurrentDirectoryForExePath = lambda _name: True
        return made

    def msvcrt(self, termios):
        """Keys as they are pressed, and the handle behind a descriptor: the same number here."""
        made = self.kernel.blank("msvcrt")
        posix = self.posix
        raw: list[object] = []

        def getwch():
            console = posix.open(self.kernel.path("CONIN$"), posix.O_RDWR | posix.O_NOCTTY)
            try:
                if not raw:
                    raw.append(termios.tcgetattr(console))
                    during = termios.tcgetattr(console)
                    during[0] &= ~termios.ICRNL
                    during[3] &= ~(termios.ICANON | termios.ECHO | termios.ISIG)
                    termios.tcsetattr(console, termios.TCSANOW, during)
                key = posix.read(console, 1)
                while key[0] & 0xC0 == 0xC0 and len(key) < 2 + (key[0] >= 0xE0):
                    key += posix.read(console, 1)
                if key in b"\r\n\x03\x1a":
                    termios.tcsetattr(console, termios.TCSANOW, raw.pop())
                return key.decode()
            finally:
                posix.close(console)

        made.getwch = getwch
        made.kbhit = lambda: False
        made.get_osfhandle = lambda handle: handle
        made.open_osfhandle = lambda handle, _flags: handle
        made.setmode = lambda _handle, _flags: 0
        made.SetErrorMode = lambda mode: mode
        return made


class Kernel32:
    """The calls of kernel32.dll with which filelock locks the first byte of an open file."""

    def __init__(self, kernel, other) -> None:
        self.error = 0
        self.other = other  # what any other call is

        def lock_file(handle, _flags, _reserved, low, _high, _overlapped):
            try:
                kernel.lock_bytes(handle, kernel.fcntl.F_WRLCK, low)
            except OSError:
                self.error = 33  # ERROR_LOCK_VIOLATION
                return 0
            kernel.locked.add(handle)
            return 1

        def unlock_file(handle, _reserved, low, _high, _overlapped):
            if handle not in kernel.locked:
                self.error = 158  # ERROR_NOT_LOCKED
                return 0
            kernel.lock_bytes(handle, kernel.fcntl.F_UNLCK, low)
            kernel.locked.discard(handle)
            return 1

        self.LockFileEx = lock_file
        self.UnlockFileEx = unlock_file

    def __getattr__(self, name):
        return self.other


def _none(name: str):
    raise AttributeError(name)
