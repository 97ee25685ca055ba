"""Runs `assume` in a process that emulates Windows.

    python -I -S process.py SETTINGS entry WORDS…       the entry by path, as a shell's function starts it
    python -I -S process.py SETTINGS script PATH WORDS… the console script, as pip's assume.exe starts it
    python -I -S process.py SETTINGS test FILE          any code, to look at the emulation itself

The system modules are replaced before anything is imported, so the standard
library runs its code for Windows: `os` uses `nt`, `os.path` is `ntpath`,
`os.environ` has names in capitals, `subprocess` joins its arguments to one string.
Modules that Windows does not have cannot be imported.
"""

import _frozen_importlib as machinery
import _frozen_importlib_external as importing
import _io
import _signal  # type: ignore[import-not-found]
import marshal
import posix
import sys
import time

MISSING = """
    posix fcntl termios pwd grp resource tty pty syslog readline curses _posixsubprocess _posixshmem crypt nis spwd
""".split()
SIGNALS = """
    SIGHUP SIGQUIT SIGTRAP SIGKILL SIGUSR1 SIGUSR2 SIGPIPE SIGALRM SIGCHLD SIGCLD SIGCONT SIGSTOP SIGTSTP SIGTTIN
    SIGTTOU SIGURG SIGXCPU SIGXFSZ SIGVTALRM SIGPROF SIGWINCH SIGIO SIGPOLL SIGPWR SIGSYS SIGSTKFLT SIGRTMIN SIGRTMAX
    SIGBUS setitimer getitimer alarm pause pthread_sigmask pthread_kill sigwait sigpending siginterrupt sigtimedwait
    sigwaitinfo ITIMER_REAL ITIMER_VIRTUAL ITIMER_PROF SIG_BLOCK SIG_SETMASK SIG_UNBLOCK
""".split()
FOLDER = __file__.rpartition("/")[0]


class Endless(type):
    """Every attribute, call and operation returns the class itself."""

    def __getattr__(cls, name):
        if name[:2] == "__":
            raise AttributeError(name)
        return cls

    def __call__(cls, *_, **__):
        return cls

    def __mul__(cls, _):
        return cls

    def __getitem__(cls, _):
        return cls

    def __and__(cls, _):
        return 1


class Anything(metaclass=Endless):
    """Stands in for `ctypes`: click and rich use it when they are imported, and not later."""


def exchange(settings):
    """Replaces the system modules by those of Windows, for everything that is imported from now on."""
    import _ssl
    import fcntl
    import termios

    sys.path.insert(0, FOLDER)
    import kernel as kernels  # type: ignore[import-not-found]
    import paths  # type: ignore[import-not-found]
    import processes  # type: ignore[import-not-found]

    del sys.path[0]
    real = _copy(_signal)
    kernel = kernels.Kernel(posix, fcntl, paths.Paths(posix, settings["console"], settings["unwritable"]))
    started = processes.Processes(kernel, posix, real, time)
    nt = kernel.module()
    nt.spawnv, nt.execv = started.spawnv, started.execv
    vars(sys)["modules"].update(dict.fromkeys(MISSING))  # no import gets past a None
    for name in SIGNALS:
        if hasattr(_signal, name):
            delattr(_signal, name)
    _signal.CTRL_C_EVENT, _signal.CTRL_BREAK_EVENT = 0, 1
    vars(_ssl).update(enum_certificates=lambda _store: [], enum_crls=lambda _store: [])
    sys.modules.update(nt=nt, _winapi=started.winapi(), msvcrt=started.msvcrt(termios))
    for name in ("ctypes", "ctypes.util", "ctypes.wintypes"):
        sys.modules[name] = kernel.blank(name)
        vars(sys.modules[name])["__getattr__"] = Anything.__getattr__
    kernel32 = processes.Kernel32(kernel, Anything)
    vars(sys.modules["ctypes"]).update(
        WinDLL=lambda _name, **_: kernel32,
        get_last_error=lambda: kernel32.error,
        WinError=lambda number: OSError(number, f"Windows' error {number}"),
    )
    sys.platform = "win32"
    sys.builtin_module_names = tuple(sorted({*sys.builtin_module_names, "nt", "msvcrt"} - {"posix", "pwd"}))
    vars(sys)["getwindowsversion"] = lambda: Version((10, 0, 19045, 2, ""))
    sys.meta_path.insert(0, Drive(kernel))
    import builtins
    import io

    builtins.open = io.open = opened(kernel)
    import threading

    threading.Thread.join = unheard(threading.Thread.join, real)  # type: ignore[method-assign]
    for stream in (sys.stdout, sys.stderr):
        if not stream.isatty():
            stream.reconfigure(  # type: ignore[union-attr]
                encoding="cp1252", errors=stream.errors if stream is sys.stderr else "strict"
            )


def _copy(module):
    made = type(sys)(module.__name__)
    made.__dict__.update(vars(module))
    return made


class Version(tuple[object, ...]):
    """The version of Windows 10, in the form of `sys.getwindowsversion`."""

    __slots__ = ()
    major, minor, build, platform, service_pack, product_type = 10, 0, 19045, 2, "", 1
    platform_version = (10, 0, 19045)


def unheard(join, signal):
    """`thread.join` as on Windows: Ctrl-C does not interrupt it, but is delivered afterwards."""

    def joined(thread, timeout=None):
        before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
        try:
            join(thread, timeout)
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)

    return joined


def opened(kernel):
    """`open` as on Windows: with its paths, line ends and code page, and with files that are in use."""

    def open(file, mode="r", buffering=-1, encoding=None, errors=None, newline=None, closefd=True, opener=None):  # noqa: A001
        console = isinstance(file, str) and file.upper() in ("CONIN$", "CONOUT$")
        if "b" not in mode:
            encoding = "utf-8" if console else "cp1252" if encoding in (None, "locale") else encoding
            if newline is None and set(mode) & set("wax") and not console:
                newline = "\r\n"
        if isinstance(file, int):
            return _io.open(file, mode, buffering, encoding, errors, newline, closefd, opener)
        found = kernel.written(file) if set(mode) & set("wax+") else kernel.path(file)

        def shared(path, flags):
            return kernel.shared(posix.open(path, flags | posix.O_CLOEXEC | posix.O_NOCTTY, 0o666))

        return _io.open(found, mode, buffering, encoding, errors, newline, closefd, opener or shared)

    return open


class Drive:
    """Finds modules under a path with a drive, so that their `__file__` looks as it does on Windows."""

    def __init__(self, kernel):
        self.kernel = kernel

    def find_spec(self, name, path=None, target=None):
        for entry in sys.path if path is None else path:
            if entry[1:2] != ":":
                continue
            place = entry.rstrip("\\/") + "\\" + name.rpartition(".")[2]
            for file, folders in ((place + "\\__init__.py", [place]), (place + ".py", None)):
                here = self.kernel.path(file)
                try:
                    posix.stat(here)
                except OSError:
                    continue
                spec = machinery.ModuleSpec(name, importing.SourceFileLoader(name, here), origin=file)
                spec.submodule_search_locations = folders
                spec.has_location = True
                return spec
        return None


def on_this_system(kernel):
    """importlib's loader of files, for Windows paths."""

    class Loader(importing.SourceFileLoader):
        def __init__(self, name, path):
            super().__init__(name, kernel.path(path) if path[1:2] == ":" else path)

    return Loader


def run():
    """Runs what this process's command line asks for."""
    settings_path, role, *words = sys.argv[1:]
    with _io.open(settings_path, "rb") as file:
        settings = marshal.load(file)
    exchange(settings)
    if role == "test":
        with _io.open(words[0], encoding="utf-8") as file:
            code = compile(file.read(), words[0], "exec")
        sys.path += [settings["checkout"], *settings["packages"]]
        exec(code, {"__name__": "__main__"})
    elif role == "entry":
        path = settings["checkout"] + "\\assume\\__main__.py"
        sys.argv[:] = [path, *words]
        with open(path, encoding="utf-8") as file:
            code = compile(file.read(), path, "exec")
        vars(importing)["SourceFileLoader"] = on_this_system(sys.meta_path[0].kernel)  # type: ignore[attr-defined]
        place = vars(sys.modules["__main__"])
        place.update(__file__=path, __package__=None)
        exec(code, place)
    else:
        sys.argv[:] = [words[0].removesuffix(".exe"), *words[1:]]  # as pip's assume.exe leaves it
        sys.path += [settings["checkout"], *settings["packages"]]
        from assume.cli.start import main

        main()


run()
