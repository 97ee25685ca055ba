"""A profile `it` whose role trusts everyone and allows everything, and the other roles that a test may use for it."""

import time

from assume.demo.config import HOME_ACCOUNT
from assume.simulator.iam import Trust

ROLES = {name: f"arn:aws:iam::{HOME_ACCOUNT}:role/{name}" for name in ("it", "other")}
SERIAL = f"arn:aws:iam::{HOME_ACCOUNT}:mfa/me"
ME, SECOND = "AKIAMEMEMEMEMEMEMEME", "AKIASECONDSECONDSECO"
POLICY = '{"Version": "2012-10-17", "Statement": []}'


def prepare(ground):
    """Adds the profiles `it` and `hub` with source `me`, a second user, and files with a policy and a web identity."""
    ground.world.user(HOME_ACCOUNT, "me", ME, may=["*"], mfa={SERIAL: "JBSWY3DPEHPK3PXP"})
    ground.world.user(HOME_ACCOUNT, "second", SECOND, may=["*"])
    for arn in ROLES.values():
        trust = Trust(("*",), tag_session=True, set_source_identity=True)
        ground.world.role(arn, trust, max_duration_s=43200)
    ground.home.credentials.write_text(
        "".join(
            f"[{name}]\naws_access_key_id = {key_id}\naws_secret_access_key = {ground.world.keys[key_id].secret}\n"
            for name, key_id in (("me", ME), ("second", SECOND))
        )
    )
    ground.configure("it", role_arn=ROLES["it"], source_profile="me")
    ground.configure("hub", role_arn=ROLES["other"], source_profile="me")
    (ground.cwd / "policy.json").write_text(POLICY)
    (provider,) = ground.world.providers.values()
    (ground.cwd / "web").write_text(ground.world.web_identity(provider, "job:x", time.time()))
    ground.environment |= {"AWS_ACCESS_KEY_ID": SECOND, "AWS_SECRET_ACCESS_KEY": ground.world.keys[SECOND].secret}
    return ground
