"""The state of a simulated IAM Identity Center: people and what they may use, clients, devices and codes that wait.

`oidc` and `authorize` (the sign-in) and `portal` (what a sign-in may do) serve it. A test fills it:

    center = world.center
    center.start_url = "https://example.awsapps.com/start"
    center.account("123456789012", "Development", "dev@example.com")
    center.person("saanvi", {("123456789012", "Reader"): role})
    center.browser = APPROVE     the page answers by itself: what a browser does that is signed in

Access tokens and refresh tokens are in `world.machine`, where the portal looks them up.
"""

import secrets
import string
from collections.abc import Mapping
from dataclasses import dataclass, field

from assume.simulator.iam import Role

PAGE, APPROVE, DENY = "page", "approve", "deny"
REGISTERED_S = 90 * 86400  # how long a client's registration is valid
DEVICE_S = 600  # how long a device's code, and an authorization code, can be used
CODE_S = 600
LETTERS = "BCDFGHJKLMNPQRSTVWXZ"  # of a user code: without vowels there are no words


@dataclass(frozen=True, slots=True)
class Account:
    """An account as the portal lists it."""

    id: str
    name: str
    email: str


@dataclass(frozen=True, slots=True)
class Client:
    """A registered client. `grants` is empty for a registration that names none: it can use the device flow."""

    id: str
    secret: str
    expires_at: float
    scopes: tuple[str, ...]
    grants: tuple[str, ...]
    redirects: tuple[str, ...]


@dataclass(slots=True)
class Device:
    """A device that waits for a person to type its user code. `next_at`: no poll is allowed before this time."""

    client_id: str
    user_code: str
    expires_at: float
    interval_s: float
    next_at: float
    person: str = ""
    is_denied: bool = False


@dataclass(frozen=True, slots=True)
class Code:
    """An authorization code that was sent to `redirect_uri`; it can be exchanged once, by who knows the verifier."""

    client_id: str
    redirect_uri: str
    challenge: str
    person: str
    expires_at: float


@dataclass(slots=True)
class Center:
    """One Identity Center. Times are epoch seconds, and arguments.

    `user`: who sits at the browser; "" for the first person. `browser`: PAGE shows a page with two buttons, APPROVE and
    DENY answer without one. `interval_s`: between two polls of a device. `lasts_s`: of an access token. `renews`:
    whether a refresh token comes with it. `most_per_s`: the calls of the portal in one second; 0: no limit.
    `page_size`: the most entries on a page of accounts or roles. `latency_s`: of each call of the portal.
    """

    start_url: str = ""
    region: str = ""
    user: str = ""
    browser: str = PAGE
    interval_s: float = 1
    lasts_s: int = 8 * 3600
    renews: bool = True
    most_per_s: int = 0
    page_size: int = 100
    latency_s: float = 0.0
    accounts: dict[str, Account] = field(default_factory=dict)
    people: dict[str, Mapping[tuple[str, str], Role]] = field(default_factory=dict)
    clients: dict[str, Client] = field(default_factory=dict)
    devices: dict[str, Device] = field(default_factory=dict)
    codes: dict[str, Code] = field(default_factory=dict)
    calls: dict[int, int] = field(default_factory=dict)

    def account(self, number: str, name: str, email: str = "") -> Account:
        """Adds an account."""
        self.accounts[number] = Account(number, name, email or f"{number}@example.com")
        return self.accounts[number]

    def person(self, name: str, roles: Mapping[tuple[str, str], Role]) -> None:
        """Adds a person. `roles`: each role by account number and name of the permission set."""
        self.people[name] = roles

    @property
    def at_the_browser(self) -> str:
        """The person who answers the page."""
        return self.user or next(iter(self.people), "")

    def register(
        self, now: float, scopes: tuple[str, ...], grants: tuple[str, ...], redirects: tuple[str, ...]
    ) -> Client:
        """Adds a client."""
        client = Client(
            secrets.token_urlsafe(24), secrets.token_urlsafe(48), int(now) + REGISTERED_S, scopes, grants, redirects
        )
        self.clients[client.id] = client
        return client

    def client(self, client_id: object, client_secret: object, now: float) -> Client | None:
        """The client with this id and secret; None if there is no such client (any more)."""
        client = self.clients.get(str(client_id))
        if client is None or client.secret != client_secret or client.expires_at <= now:
            return None
        return client

    def device(self, client: Client, now: float) -> tuple[str, Device]:
        """Adds a device that waits; its device code, and the device."""
        letters = [secrets.choice(LETTERS) for _ in range(8)]
        user_code = f"{''.join(letters[:4])}-{''.join(letters[4:])}"
        device = Device(client.id, user_code, now + DEVICE_S, self.interval_s, now)
        device_code = secrets.token_urlsafe(40)
        self.devices[device_code] = device
        return device_code, device

    def waiting(self, user_code: str, now: float) -> Device | None:
        """The device that shows `user_code`; None if there is none, or its time is over."""
        wanted = user_code.upper().replace("-", "")
        for device in self.devices.values():
            if device.user_code.replace("-", "") == wanted and device.expires_at > now:
                return device
        return None

    def code(self, client_id: str, redirect_uri: str, challenge: str, now: float) -> str:
        """Adds an authorization code for the person at the browser."""
        alphabet = string.ascii_letters + string.digits + "-_"
        code = "".join(secrets.choice(alphabet) for _ in range(64))
        self.codes[code] = Code(client_id, redirect_uri, challenge, self.at_the_browser, now + CODE_S)
        return code

    def is_too_many(self, now: float) -> bool:
        """Counts a call of the portal; whether it is one too many in this second."""
        second = int(now)
        self.calls = {second: self.calls.get(second, 0) + 1}
        return 0 < self.most_per_s < self.calls[second]
