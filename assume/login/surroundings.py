"""Whether a browser can be opened where this process runs, and whether it would be in front of the user.

In: the environment. Out: "" or the reason why not, for the user to read.
"""

import os
import shutil
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

SSH = ("SSH_CONNECTION", "SSH_CLIENT", "SSH_TTY")
CONTAINERS = ("/.dockerenv", "/run/.containerenv")
CONTAINER_VARIABLES = ("KUBERNETES_SERVICE_HOST", "container")
PROGRAMS = (
    # what the standard library starts on Linux, and what it starts itself with
    "xdg-open x-www-browser gio gnome-open kde-open kfmclient firefox firefox-esr iceweasel mozilla google-chrome "
    "chrome chromium chromium-browser microsoft-edge opera epiphany konqueror"
).split()


def without_browser(base: "Mapping[str, str]", setting: str = "") -> str:
    """Why no browser can be opened here; "" if one can. `setting`: the profile's assume_browser.

    A browser at the other end of an SSH session is not in front of the user, so it does not count, whoever set it.
    """
    if any(base.get(name) for name in SSH):
        return "this is an SSH session"
    if setting or base.get("ASSUME_BROWSER") or base.get("BROWSER"):
        return ""
    if sys.platform in ("win32", "darwin"):
        return ""
    if base.get("WSL_DISTRO_NAME"):
        return ""
    if any(map(os.path.exists, CONTAINERS)) or any(base.get(name) for name in CONTAINER_VARIABLES):
        return "this is a container"
    if not (base.get("DISPLAY") or base.get("WAYLAND_DISPLAY")):
        return "this machine has no display"
    if not any(shutil.which(program, path=base.get("PATH")) for program in PROGRAMS):
        return "no browser was found on this machine"
    return ""
