"""An OAuth 2.0 server that somebody else wrote: Authlib, served by Flask on this machine.

The library decides every answer: what is checked, in which order, and with which status, headers and body it is said.
What is written here stores what the library hands over, finds it again, and tells the time.
"""

# Authlib comes without types, and the stubs that others wrote for it are wrong in what this module overrides.
# mypy: disable-error-code="import-untyped", disallow-subclassing-any=false
# mypy: disallow-untyped-decorators=false, warn-return-any=false

from __future__ import annotations

import threading
from contextlib import contextmanager
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, Callable, Iterator, NamedTuple

from authlib.integrations.flask_oauth2 import AuthorizationServer, ResourceProtector, current_token
from authlib.oauth2.rfc6749 import ClientMixin, RefreshTokenGrant, TokenMixin
from authlib.oauth2.rfc6749.hooks import hooked
from authlib.oauth2.rfc6750 import BearerTokenValidator
from authlib.oauth2.rfc7009 import RevocationEndpoint
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oauth2.rfc8628 import (
    DEVICE_CODE_GRANT_TYPE,
    DeviceAuthorizationEndpoint,
    DeviceCodeGrant,
    DeviceCredentialMixin,
)
from flask import Flask, Response, request
from werkzeug.serving import WSGIRequestHandler, make_server

SCOPES = ("media:read", "media:write")
WEEK = 7 * 86400


@dataclass
class Client(ClientMixin):
    """A registered app. ``public``: it has no secret, as a device can keep none."""

    client_id: str
    scopes: tuple[str, ...] = SCOPES
    grant_types: tuple[str, ...] = (DEVICE_CODE_GRANT_TYPE, "refresh_token")
    public: bool = True

    def get_client_id(self) -> str:
        return self.client_id

    def get_allowed_scope(self, scope: str) -> str:
        return " ".join(one for one in scope.split() if one in self.scopes)

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return (method == "none") == self.public

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type in self.grant_types


@dataclass
class Code(DeviceCredentialMixin):
    """What a device authorization request gave. Times are in seconds on the server's clock."""

    clock: Callable[[], float]
    client_id: str
    scope: str
    user_code: str
    asked_at: float
    expires_at: float
    code_challenge: str | None
    code_challenge_method: str | None

    def get_client_id(self) -> str:
        return self.client_id

    def get_scope(self) -> str:
        return self.scope

    def get_user_code(self) -> str:
        return self.user_code

    def is_expired(self) -> bool:
        return self.clock() >= self.expires_at


@dataclass
class Issued(TokenMixin):
    """An access token as it was issued, and the refresh token that goes with it."""

    clock: Callable[[], float]
    client_id: str
    user: str
    scope: str
    access_token: str
    refresh_token: str
    expires_at: float
    revoked: bool = False

    def check_client(self, client: Client) -> bool:
        return self.client_id == client.client_id

    def get_scope(self) -> str:
        return self.scope

    def is_expired(self) -> bool:
        return self.clock() >= self.expires_at

    def is_revoked(self) -> bool:
        return self.revoked


class Seen(NamedTuple):
    """A request, as it came."""

    time: float
    path: str
    form: dict[str, str]


class ForeignServer(AuthorizationServer):
    """The server and its memory.

    ``pkce``: asked of everyone, or unknown. ``rotates``: a refresh gives a new refresh token; the library's own choice
    is to give none. ``codes_last``: seconds. ``shortest_interval``: seconds between polls below which it says
    ``slow_down``, whatever it has announced.
    """

    def __init__(self, app: Flask, clock: Callable[[], float], pkce: bool, rotates: bool, codes_last: int) -> None:
        super().__init__(app)
        self.clock = clock
        self.pkce = pkce
        self.rotates = rotates
        self.codes_last = codes_last
        self.shortest_interval = float(DeviceAuthorizationEndpoint.INTERVAL)
        self.clients: dict[str, Client] = {}
        self.codes: dict[str, Code] = {}
        self.decisions: dict[str, tuple[str, bool]] = {}
        self.issued: list[Issued] = []
        self.url = ""
        self.seen: list[Seen] = []

    def decide(self, user_code: str, user: str, approved: bool) -> None:
        """A person types the code and says yes or no."""
        assert user_code in [code.user_code for code in self.codes.values()]
        self.decisions[user_code] = (user, approved)

    def find(self, token: str) -> Issued | None:
        """What was issued last with this token, of either kind."""
        return next((one for one in reversed(self.issued) if token in (one.access_token, one.refresh_token)), None)

    def query_client(self, client_id: str) -> Client | None:
        return self.clients.get(client_id)

    def save_token(self, token: dict[str, Any], request: Any) -> None:
        before: Issued | None = request.refresh_token
        self.issued.append(
            Issued(
                clock=self.clock,
                client_id=request.client.client_id,
                user=request.user,
                scope=token.get("scope", ""),
                access_token=token["access_token"],
                refresh_token=token.get("refresh_token") or (before.refresh_token if before else ""),
                expires_at=self.clock() + token["expires_in"],
            )
        )


class DeviceEndpoint(DeviceAuthorizationEndpoint):
    """RFC 8628, section 3.1."""

    server: ForeignServer

    @property
    def EXPIRES_IN(self) -> int:  # noqa: N802  # Authlib's name
        return self.server.codes_last

    def get_verification_uri(self) -> str:
        return "https://simkl.com/pin"

    def authenticate_client(self, request: Any) -> Any:
        if self.server.pkce:  # Authlib knows PKCE for authorization codes alone: its check is shown this request
            CodeChallenge().validate_code_challenge(SimpleNamespace(request=request), None)
        return super().authenticate_client(request)

    def save_device_credential(self, client_id: str, scope: str, data: dict[str, Any]) -> None:
        now = self.server.clock()
        self.server.codes[data["device_code"]] = Code(
            clock=self.server.clock,
            client_id=client_id,
            scope=scope,
            user_code=data["user_code"],
            asked_at=now,
            expires_at=now + data["expires_in"],
            code_challenge=request.form.get("code_challenge"),
            code_challenge_method=request.form.get("code_challenge_method"),
        )


class DeviceGrant(DeviceCodeGrant):
    """RFC 8628, section 3.4."""

    server: ForeignServer
    validate_token_request = hooked(DeviceCodeGrant.validate_token_request)  # where Authlib's PKCE hooks in

    def query_device_credential(self, device_code: str) -> Code | None:
        self.request.authorization_code = self.server.codes.get(device_code)  # where Authlib's PKCE looks
        return self.request.authorization_code

    def query_user_grant(self, user_code: str) -> tuple[str, bool] | None:
        return self.server.decisions.get(user_code)

    def should_slow_down(self, credential: Code) -> bool:
        early = self.server.clock() - credential.asked_at < self.server.shortest_interval
        credential.asked_at = self.server.clock()
        return early


class RefreshGrant(RefreshTokenGrant):
    """RFC 6749, section 6."""

    server: ForeignServer
    TOKEN_ENDPOINT_AUTH_METHODS = DeviceCodeGrant.TOKEN_ENDPOINT_AUTH_METHODS

    @property
    def INCLUDE_NEW_REFRESH_TOKEN(self) -> bool:  # noqa: N802  # Authlib's name
        return self.server.rotates

    def authenticate_refresh_token(self, refresh_token: str) -> Issued | None:
        found = self.server.find(refresh_token)
        return None if found is None or found.revoked or found.refresh_token != refresh_token else found

    def authenticate_user(self, refresh_token: Issued) -> str:
        return refresh_token.user

    def revoke_old_credential(self, refresh_token: Issued) -> None:
        refresh_token.revoked = True


class Revocation(RevocationEndpoint):
    """RFC 7009."""

    server: ForeignServer
    CLIENT_AUTH_METHODS = DeviceCodeGrant.TOKEN_ENDPOINT_AUTH_METHODS

    def query_token(self, token_string: str, token_type_hint: str | None) -> Issued | None:
        return self.server.find(token_string)

    def revoke_token(self, token: Issued, request: Any) -> None:
        token.revoked = True


class BearerValidator(BearerTokenValidator):
    """RFC 6750."""

    def __init__(self, server: ForeignServer) -> None:
        super().__init__()
        self._server = server

    def authenticate_token(self, token_string: str) -> Issued | None:
        return next((one for one in self._server.issued if one.access_token == token_string), None)


class QuietHandler(WSGIRequestHandler):
    """No line per request."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        pass


@contextmanager
def running(
    clock: Callable[[], float],
    *,
    pkce: bool = True,
    rotates: bool = False,
    codes_last: int = 900,
    known_scopes: tuple[str, ...] = SCOPES,
    tokens_last: int | None = WEEK,
) -> Iterator[ForeignServer]:
    """A server on a free port. ``tokens_last``: seconds, None for what the library thinks right."""
    app = Flask("foreign")
    app.config["OAUTH2_SCOPES_SUPPORTED"] = known_scopes
    app.config["OAUTH2_REFRESH_TOKEN_GENERATOR"] = True
    if tokens_last is not None:
        app.config["OAUTH2_TOKEN_EXPIRES_IN"] = {DEVICE_CODE_GRANT_TYPE: tokens_last, "refresh_token": tokens_last}
    server = ForeignServer(app, clock, pkce, rotates, codes_last)
    server.register_grant(DeviceGrant, [CodeChallenge(required=True)] if pkce else [])
    server.register_grant(RefreshGrant)
    server.register_endpoint(DeviceEndpoint)
    server.register_endpoint(Revocation)
    _route(app, server)
    http = make_server("127.0.0.1", 0, app, threaded=True, request_handler=QuietHandler)
    server.url = f"http://127.0.0.1:{http.server_port}"
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.005}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        http.shutdown()
        thread.join()
        http.server_close()


def _route(app: Flask, server: ForeignServer) -> None:
    protect = ResourceProtector()
    protect.register_token_validator(BearerValidator(server))

    @app.before_request
    def see() -> None:
        server.seen.append(Seen(server.clock(), request.path, request.form.to_dict()))

    @app.post("/oauth2/device")
    def device() -> Response:
        return server.create_endpoint_response(DeviceEndpoint.ENDPOINT_NAME)

    @app.post("/oauth2/token")
    def token() -> Response:
        return server.create_token_response()

    @app.post("/oauth2/revoke")
    def revoke() -> Response:
        return server.create_endpoint_response(Revocation.ENDPOINT_NAME)

    @app.post("/users/settings")
    @protect("media:read")
    def settings() -> dict[str, Any]:
        return {"user": {"name": current_token.user}, "account": {"id": 12345}}
