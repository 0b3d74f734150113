"""A careful client of the simulator, for its tests."""

from __future__ import annotations

from typing import Any, Dict, Optional

import requests
from simkl_simulator import ManualClock, Simulator

APP = {"app-name": "test-app", "app-version": "1.0"}
USER_AGENT = "test-app/1.0"
DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"
FULL_SCOPE = "media:read media:write"
TIMEOUT = 5.0

Changes = Dict[str, Optional[str]]
"""What to send differently: a new value, or None to leave the field out."""


def changed(fields: dict[str, str], changes: Changes | None) -> dict[str, str]:
    """``fields`` with ``changes`` made."""
    return {name: value for name, value in {**fields, **(changes or {})}.items() if value is not None}


class Caller:
    """Sends what Simkl asks of every request, unless told otherwise."""

    def __init__(self, simkl: Simulator, client_id: str) -> None:
        self.simkl = simkl
        self.client_id = client_id
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.headers["User-Agent"] = USER_AGENT

    def send(
        self, method: str, path: str, query: Changes | None = None, headers: Changes | None = None, **more: Any
    ) -> requests.Response:
        """One request; ``query`` and ``headers`` are changes to the usual ones. A header None is not sent."""
        params = changed({"client_id": self.client_id, **APP}, query)
        return self.session.request(
            method,
            self.simkl.url + path,
            params=params,
            headers=dict(headers or {}),
            timeout=TIMEOUT,
            allow_redirects=False,
            **more,
        )

    def get(self, path: str, query: Changes | None = None, headers: Changes | None = None) -> requests.Response:
        return self.send("GET", path, query, headers)

    def settings(self, token: str, **more: Any) -> requests.Response:
        """Whose token is this?"""
        return self.send("POST", "/users/settings", headers={"Authorization": f"Bearer {token}"}, json={}, **more)


class PinCaller(Caller):
    """Signs in by V1."""

    def new_code(self) -> str:
        return str(self.get("/oauth/pin").json()["user_code"])

    def poll(self, code: str) -> dict[str, Any]:
        body: dict[str, Any] = self.get(f"/oauth/pin/{code}").json()
        return body

    def signed_in(self, clock: ManualClock) -> str:
        """The token of a whole sign-in."""
        code = self.new_code()
        self.simkl.approve(code)
        clock.advance(5)
        return str(self.poll(code)["access_token"])


class DeviceCaller(Caller):
    """Signs in by V2. Lets a second pass before each request, as the limit for POST asks."""

    def __init__(self, simkl: Simulator, client_id: str, clock: ManualClock) -> None:
        super().__init__(simkl, client_id)
        self.clock = clock

    def post(self, path: str, fields: dict[str, str], changes: Changes | None = None, **more: Any) -> requests.Response:
        self.clock.advance(1)
        return self.send("POST", path, data=changed({"client_id": self.client_id, **fields}, changes), **more)

    def device(self, changes: Changes | None = None) -> requests.Response:
        return self.post("/oauth2/device", {"scope": FULL_SCOPE}, changes)

    def poll(self, device_code: str, changes: Changes | None = None, wait: float = 5.0) -> requests.Response:
        """A poll ``wait`` seconds (at least 1) after whatever came before."""
        self.clock.advance(wait - 1)
        return self.post("/oauth2/token", {"grant_type": DEVICE_GRANT, "device_code": device_code}, changes)

    def refresh(self, refresh_token: str, changes: Changes | None = None) -> requests.Response:
        fields = {"grant_type": "refresh_token", "refresh_token": refresh_token}
        return self.post("/oauth2/token", fields, changes)

    def revoke(self, token: str) -> requests.Response:
        return self.post("/oauth2/revoke", {"token": token})

    def signed_in(self, changes: Changes | None = None) -> dict[str, Any]:
        """The token answer of a whole sign-in."""
        codes = self.device(changes).json()
        self.simkl.approve(codes["user_code"])
        tokens: dict[str, Any] = self.poll(codes["device_code"]).json()
        return tokens


class Viewer(Caller):
    """A signed-in account that watches. Lets a second pass before each request, as the limit for POST asks."""

    def __init__(self, simkl: Simulator, client_id: str, clock: ManualClock, token: str) -> None:
        super().__init__(simkl, client_id)
        self.clock = clock
        self.token = token

    def send(
        self, method: str, path: str, query: Changes | None = None, headers: Changes | None = None, **more: Any
    ) -> requests.Response:
        self.clock.advance(1)
        return super().send(method, path, query, {"Authorization": f"Bearer {self.token}", **(headers or {})}, **more)

    def post(self, path: str, body: object, query: Changes | None = None) -> requests.Response:
        return self.send("POST", path, query, json=body)

    def scrobble(self, action: str, progress: float, **item: Any) -> requests.Response:
        """One event; ``item`` is the rest of the body."""
        return self.post(f"/scrobble/{action}", {"progress": progress, **item})

    def items(self, kind: str = "", **query: str) -> Any:
        """The library, read as Simkl asks: the activities first."""
        self.get("/sync/activities")
        return self.get(f"/sync/all-items{kind}", query=dict(query)).json()
