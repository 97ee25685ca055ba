"""A chain from the text of a config file, for tests of the decisions that are made before any call."""

from assume import arguments
from assume.profiles.chain import Chain
from assume.profiles.config import Config
from assume.profiles.plan import plan

KEYS = "aws_access_key_id = AKIAALICEALICEALICE1\naws_secret_access_key = s\n"
BASE = f"[profile base]\n{KEYS}"
ROLE = "[profile p]\nrole_arn = arn:aws:iam::123456789012:role/r1\nsource_profile = base\n"


def planned(text: str, *words: str, base: dict[str, str] | None = None, credentials: str = "") -> Chain:
    """The chain for `assume WORDS`."""
    options = arguments.read(words or ("p",))
    assert options is not None
    return plan(Config(text, credentials), options, {"HOME": "/home/me"} | (base or {}))
