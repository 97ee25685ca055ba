"""Other users and other file systems. Only root can set them up; tests that need them are skipped otherwise."""

import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

import botocore
import pytest

from assume.demo import config

from ..simulator.clients import home_of
from .ground import ROOT, Ground

UID = 54321  # not in the password database, so without a home
SITE = Path(botocore.__file__).parents[1]
START = f"import sys; sys.path[:0] = [{str(ROOT)!r}, {str(SITE)!r}]; "


def needs_root():
    if os.geteuid() != 0:
        pytest.skip("needs root, to run processes as another user")


def interpreter():
    """A Python that the other user can run with our dependencies; the one of the tests may be in root's home."""
    for python in (sys.executable, "/usr/bin/python3", "/usr/local/bin/python3"):
        words = [
            python,
            "-c",
            f"{START}sys.version_info < (3, 11) and sys.exit(1); import assume.cold.resolve, botocore",
        ]
        try:
            if subprocess.run(words, user=UID, group=UID, extra_groups=[], capture_output=True).returncode == 0:
                return python
        except OSError:
            continue
    pytest.skip("needs a Python that another user can run")


class Stranger(Ground):
    """A Ground whose HOME belongs to another user; the program runs as that user."""

    def __init__(self, sts, world, folder: Path) -> None:
        files = config.build(folder / "home", sts.url, world, sts.clock())
        super().__init__(home_of(files), sts, world, folder)
        python = interpreter()
        self.script.write_text(f"#!{python}\n{START}\nfrom assume.__main__ import main\nmain()\n")
        self.program[0] = python
        for path in (self.home.path, *self.home.path.rglob("*")):
            os.chown(path, UID, UID)
        self.cwd.chmod(0o755)

    def start(self, *words: str, root: bool = False, **how):
        """Starts the program as the other user, or as root in the other user's HOME (`sudo -E`)."""
        if not root:
            how |= {"user": UID, "group": UID}
        return super().start(*words, **how)

    def owners(self):
        """The owners of all files below HOME."""
        return {path.lstat().st_uid for path in self.home.path.rglob("*")}


@contextmanager
def place():
    """A temporary folder that every user can enter, unlike those of pytest."""
    folder = Path(tempfile.mkdtemp(prefix="assume-test-"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def mounted(folder: Path, *words: str):
    """A file system mounted on `folder`; skips if mounting is not allowed."""
    needs_root()
    folder.mkdir(exist_ok=True)
    done = subprocess.run([*words, str(folder)], capture_output=True, text=True)
    if done.returncode:
        pytest.skip(f"cannot mount: {done.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


@contextmanager
def without_modes(folder: Path, image: Path):
    """A file system on which everyone can read every file: vfat if the kernel has it, else NTFS by FUSE."""
    with image.open("wb") as file:
        file.truncate(16 << 20)
    kernel = Path("/proc/filesystems").read_text()
    for name, make, mount in (
        ("vfat", ["mkfs.vfat", str(image)], ["mount", "-o", "loop,umask=0", "-t", "vfat", str(image)]),
        ("fuse", ["mkntfs", "-F", "-q", str(image)], ["ntfs-3g", "-o", "umask=0", str(image)]),
    ):
        path = os.environ["PATH"] + ":/usr/sbin:/sbin"
        if name in kernel.split() and shutil.which(make[0], path=path) and shutil.which(mount[0], path=path):
            subprocess.run([shutil.which(make[0], path=path) or make[0], *make[1:]], check=True, capture_output=True)
            with mounted(folder, *mount):
                yield
            return
    pytest.skip("needs a file system without modes: vfat in the kernel, or ntfs-3g")
