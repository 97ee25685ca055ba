"""The module `nt`, made from `posix`: the system calls of Windows, answered by this system.

In: the real modules, the settings of the machine. Out: the content of the module.
It emulates the differences that matter here: an open file cannot be replaced,
renamed or removed; files have neither owners nor modes, and a ctime that writing
does not change; a name may not contain `:` or `*`; the parent of a process that
calls `execv` stops waiting at once; `spawnv` does not quote arguments.
"""

import sys

OPEN = {  # flags of Windows' C library, by this one's values
    "O_RDONLY": (0, "O_RDONLY"),
    "O_WRONLY": (1, "O_WRONLY"),
    "O_RDWR": (2, "O_RDWR"),
    "O_APPEND": (8, "O_APPEND"),
    "O_RANDOM": (0x10, ""),
    "O_SEQUENTIAL": (0x20, ""),
    "O_TEMPORARY": (0x40, ""),
    "O_NOINHERIT": (0x80, ""),
    "O_CREAT": (0x100, "O_CREAT"),
    "O_TRUNC": (0x200, "O_TRUNC"),
    "O_EXCL": (0x400, "O_EXCL"),
    "O_SHORT_LIVED": (0x1000, ""),
    "O_TEXT": (0x4000, ""),
    "O_BINARY": (0x8000, ""),
}
WRITES = 0x3 | 0x8 | 0x100 | 0x200
AS_THEY_ARE = """
    _exit abort close closerange cpu_count dup dup2 error fspath fsync ftruncate get_inheritable get_terminal_size
    getlogin getpid getppid isatty lseek pipe set_inheritable stat_result strerror terminal_size times times_result
    umask uname_result urandom waitstatus_to_exitcode F_OK R_OK W_OK X_OK
""".split()
CREATED_AT = 1_700_000_000
IN_USE = "The process cannot access the file because it is being used by another process"
CODE_PAGE = "cp437"  # of the console, for programs that write bytes to it


class Seen:
    """The result of a stat."""

    st_mode = st_uid = st_gid = st_ctime_ns = 0
    st_ctime = 0.0


class Kernel:
    """Files and variables. `paths` translates names of files."""

    def __init__(self, posix, fcntl, paths) -> None:
        self.posix = posix
        self.fcntl = fcntl
        self.path, self.written, self.windows = paths.here, paths.written, paths.windows
        self.locked: set[int] = set()
        self.variables = {
            name.decode("utf-8", "surrogateescape"): value.decode("utf-8", "surrogateescape")
            for name, value in posix.environ.items()
        }

    def shared(self, handle: int) -> int:
        """Marks a file as open, by a shared flock, so that no process can replace or remove it."""
        try:
            self.fcntl.flock(handle, self.fcntl.LOCK_SH)
        except OSError:
            pass  # a terminal, a pipe
        return handle

    def taken(self, path):
        """Checks a path that will be replaced, renamed or removed. Raises PermissionError if the file is open."""
        found = self.written(path)
        posix = self.posix
        try:
            handle = posix.open(found, posix.O_RDONLY | posix.O_CLOEXEC | posix.O_NOFOLLOW)
        except OSError:
            return found
        try:
            self.fcntl.flock(handle, self.fcntl.LOCK_EX | self.fcntl.LOCK_NB)
        except BlockingIOError:
            raise PermissionError(13, IN_USE, path) from None
        finally:
            posix.close(handle)
        return found

    def lock_bytes(self, handle: int, kind: int, count: int, at: int = 0, call: int = 37) -> bytes:
        """A lock that belongs to the open file, not to the process: `struct flock` for F_OFD_SETLK."""
        content = kind.to_bytes(2, "little") + bytes(6) + at.to_bytes(8, "little") + count.to_bytes(8, "little")
        return self.fcntl.fcntl(handle, call, content + bytes(8))

    # the functions of `nt`

    def open(self, path, flags, mode=0o777, *, dir_fd=None):
        found = self.written(path) if flags & WRITES else self.path(path)
        here = self.posix.O_CLOEXEC
        for number, name in OPEN.values():
            if name and flags & number:
                here |= getattr(self.posix, name)
        handle = self.shared(self.posix.open(found, here, 0o666))
        if self.is_folder(handle):
            self.posix.close(handle)
            raise PermissionError(13, "Permission denied", path)
        binary = flags & OPEN["O_BINARY"][0] or found == "/dev/null"
        assert binary, f"{path}: a text, to the C library, which changes line ends and stops at a Ctrl-Z"
        self.locked.discard(handle)  # an earlier file with this number was closed, perhaps elsewhere
        return handle

    def close(self, handle):
        assert handle not in self.locked, "Windows releases the lock of a closed file only some time later"
        self.posix.close(handle)

    def read(self, handle, count):
        """Nobody reads a byte that another one has locked."""
        try:
            at = self.posix.lseek(handle, 0, 1)
        except OSError:
            return self.posix.read(handle, count)  # a pipe or a terminal
        found = self.lock_bytes(handle, self.fcntl.F_RDLCK, max(count, 1), at, 36)
        if found[:2] != self.fcntl.F_UNLCK.to_bytes(2, "little"):
            raise PermissionError(13, "Permission denied")
        return self.posix.read(handle, count)

    def write(self, handle, content):
        seen = bytes(content)
        if self.posix.isatty(handle):
            seen = seen.decode(CODE_PAGE).encode()
        while seen:
            seen = seen[self.posix.write(handle, seen) :]
        return len(content)

    def is_folder(self, path) -> bool:
        return self.posix.stat(path).st_mode & 0o170000 == 0o040000

    def seen(self, found):
        """A stat in the form of Windows."""
        made = Seen()
        for name in dir(found):
            if name[:3] == "st_":
                setattr(made, name, getattr(found, name))
        kind = found.st_mode & 0o170000
        made.st_mode = kind | (0o777 if kind == 0o040000 else 0o666 if found.st_mode & 0o200 else 0o444)
        made.st_uid = made.st_gid = 0
        made.st_ctime, made.st_ctime_ns = float(CREATED_AT), CREATED_AT * 10**9
        return made

    def stat(self, path, *, dir_fd=None, follow_symlinks=True):
        return self.seen(self.posix.stat(self.path(path), follow_symlinks=follow_symlinks))

    def lstat(self, path, *, dir_fd=None):
        return self.seen(self.posix.lstat(self.path(path)))

    def fstat(self, handle):
        return self.seen(self.posix.fstat(handle))

    def replace(self, source, target, *, src_dir_fd=None, dst_dir_fd=None):
        old, new = self.taken(source), self.taken(target)
        try:
            self.posix.replace(old, new)
        except (IsADirectoryError, NotADirectoryError):
            raise PermissionError(13, "Access is denied", source) from None

    def rename(self, source, target, *, src_dir_fd=None, dst_dir_fd=None):
        old, new = self.taken(source), self.written(target)
        try:
            self.posix.lstat(new)
        except FileNotFoundError:
            return self.posix.rename(old, new)
        raise FileExistsError(17, "Cannot create a file when that file already exists", source)

    def unlink(self, path, *, dir_fd=None):
        found = self.taken(path)
        try:
            self.posix.unlink(found)
        except IsADirectoryError:
            raise PermissionError(13, "Access is denied", path) from None

    def mkdir(self, path, mode=0o777, *, dir_fd=None):
        self.posix.mkdir(self.written(path), 0o777)

    def rmdir(self, path, *, dir_fd=None):
        self.posix.rmdir(self.written(path))

    def listdir(self, path="."):
        return self.posix.listdir(self.path(path))

    def scandir(self, path="."):
        return self.posix.scandir(self.path(path))

    def chmod(self, path, mode, *, dir_fd=None, follow_symlinks=True):
        self.posix.chmod(self.written(path), 0o666 if mode & 0o200 else 0o444)

    def access(self, path, mode, *, dir_fd=None, effective_ids=False, follow_symlinks=True):
        return self.posix.access(self.path(path), mode & ~self.posix.X_OK)

    def utime(self, path, *more, **how):
        return self.posix.utime(self.written(path), *more, **how)

    def readlink(self, path, *, dir_fd=None):
        return self.windows(self.posix.readlink(self.path(path)))

    def symlink(self, source, target, target_is_directory=False, *, dir_fd=None):
        raise OSError(1314, "A required privilege is not held by the client", source)

    def getcwd(self):
        return self.windows(self.posix.getcwd())

    def chdir(self, path):
        self.posix.chdir(self.path(path))

    def putenv(self, name, value):
        self.unsetenv(name)
        self.variables[name] = value

    def unsetenv(self, name):
        for same in [other for other in self.variables if other.upper() == name.upper()]:
            del self.variables[same]

    def kill(self, pid, number):
        raise AssertionError("on Windows every signal ends the process, and 0 is Ctrl-C")

    def device_encoding(self, handle):
        return CODE_PAGE if self.posix.isatty(handle) else None

    def blank(self, name):
        """An empty module."""
        return type(sys)(name)

    def module(self):
        """`nt`, without the functions that start processes."""
        made = self.blank("nt")
        for name in AS_THEY_ARE:
            setattr(made, name, getattr(self.posix, name))
        for name, (number, _) in OPEN.items():
            setattr(made, name, number)
        for number, name in enumerate(("P_WAIT", "P_NOWAIT", "P_OVERLAY")):
            setattr(made, name, number)
        for name in """
            open close read write stat lstat fstat replace rename unlink mkdir rmdir listdir scandir chmod access utime
            readlink symlink getcwd chdir putenv unsetenv kill device_encoding
        """.split():
            setattr(made, name, getattr(self, name))
        made.remove = self.unlink
        made._have_functions = ["MS_WINDOWS"]
        made.environ = dict(self.variables)
        return made
