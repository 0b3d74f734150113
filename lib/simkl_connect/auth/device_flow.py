"""AUTH V2: Simkl's OAuth 2.0 device flow. How its requests are built and its answers read.

RFC 8628 (device authorization), RFC 6749 sections 5 and 6 (answers, refresh), RFC 7009 (revocation), RFC 7636 (PKCE).
"""

from __future__ import annotations

import base64
import hashlib
import secrets
import time
from contextlib import suppress
from typing import Callable, Mapping

from ..api.parsing import (
    LONGEST_INTERVAL,
    BadAnswer,
    Body,
    clean_text,
    error_name,
    read,
    read_device_authorization,
    read_failure,
    read_object,
    read_seconds,
    read_secret,
    read_user_code,
    read_verification_uri,
    status_text,
)
from ..errors import PermanentError, Problem
from ..http.messages import Request, Response
from ..models import DeviceAuthorization, Secret, Token, can_write
from .events import (
    CodeExpired,
    CodeIssued,
    Denied,
    Event,
    FlowNotSupported,
    Granted,
    GrantEnded,
    Pending,
    PkceNotSupported,
    Refreshed,
    Revoked,
    SlowDown,
)

SCOPE = "media:read media:write"
GRANT_TYPE = "urn:ietf:params:oauth:grant-type:device_code"
TOKEN_EXPIRES_IN, LONGEST_TOKEN_EXPIRES_IN = 604800.0, 30 * 86400.0
"""Seconds; what Simkl documents, and what is believed. A token that seems to live longer means a clock gone back."""

_PASSING = ("temporarily_unavailable", "server_error")


class DeviceFlow:
    """``POST /oauth2/device`` gives a code like ``BDWP-HQPK``; ``POST /oauth2/token`` tells what became of it.

    ``verifier`` is the PKCE code verifier, None to do without. ``wall_clock`` gives Unix time in seconds.
    """

    name = "device"

    def __init__(self, client_id: str, verifier: Secret | None, wall_clock: Callable[[], float] = time.time) -> None:
        self._client_id = client_id
        self.verifier = verifier
        self._wall_clock = wall_clock

    def device_authorization_request(self) -> Request:
        """The request for a new code (RFC 8628, section 3.1)."""
        form = {"client_id": self._client_id, "scope": SCOPE}
        if self.verifier is not None:
            form.update(code_challenge=_challenge(self.verifier), code_challenge_method="S256")
        return Request("POST", "/oauth2/device", self._client_id, form=form)

    def read_device_authorization(self, response: Response) -> Event:
        """A V1 client id is unsuited here, and so is PKCE where the server takes it for a mistake."""
        if response.status in (400, 401, 404, 410) and not response.is_web_page:
            return self._read_unsuited(response)
        return read(response, self._code)

    def _code(self, body: Body) -> CodeIssued:
        """Raises BadAnswer."""
        user_code, device_code = read_user_code(body), read_secret(body, "device_code")
        uri = read_verification_uri(body.get("verification_uri"))
        filled_in = f"{uri}?user_code={user_code.reveal()}"
        complete = read_verification_uri(body.get("verification_uri_complete"), filled_in)
        return CodeIssued(read_device_authorization(body, user_code, uri, complete, device_code))

    def _read_unsuited(self, response: Response) -> Event:
        error, detail = error_name(response), status_text(response)
        if self.verifier is not None and response.status == 400 and error in ("invalid_request", ""):
            return PkceNotSupported(Problem.REFUSED, detail)
        client = error in ("invalid_client", "unauthorized_client")
        return FlowNotSupported(Problem.CLIENT_ID_REFUSED if client else Problem.REFUSED, detail)

    def token_request(self, authorization: DeviceAuthorization) -> Request:
        """One poll (RFC 8628, section 3.4)."""
        form = {"grant_type": GRANT_TYPE, "client_id": self._client_id}
        if authorization.device_code is not None:
            form["device_code"] = authorization.device_code.reveal()
        if self.verifier is not None:
            form["code_verifier"] = self.verifier.reveal()
        return Request("POST", "/oauth2/token", self._client_id, form=form)

    def read_token(self, response: Response) -> Event:
        """RFC 8628, section 3.5, and RFC 6749, section 5.1.

        The word in ``error`` counts whatever the status: some servers send it with 200, or ``slow_down`` with 429.
        """
        if response.is_web_page:
            return read_failure(response)
        error = error_name(response)
        known: Mapping[str, Event] = {
            "authorization_pending": Pending(),
            "expired_token": CodeExpired(),
            "invalid_grant": CodeExpired(),
            "access_denied": Denied(),
            "invalid_client": PermanentError(Problem.CLIENT_ID_REFUSED, error),
            "unauthorized_client": PermanentError(Problem.CLIENT_ID_REFUSED, error),
        }
        if error == "slow_down":
            return SlowDown(read_seconds(read_object(response), "interval", 0.0, LONGEST_INTERVAL))
        if error in known:
            return known[error]
        if not error or error in _PASSING or response.status in (408, 412) or not 400 <= response.status < 429:
            return read(response, self._granted)
        return PermanentError(Problem.REFUSED, error, server_message=_description(response))

    def _granted(self, body: Body) -> Granted:
        """Raises BadAnswer."""
        token = self._token(body, scope=SCOPE, refresh_token=None)
        return Granted(token, None if can_write(token.scope) else Problem.READ_ONLY)

    def refresh_request(self, token: Token) -> Request:
        """A new access token for an old one (RFC 6749, section 6). The old one ends with the answer."""
        form = {"grant_type": "refresh_token", "client_id": self._client_id}
        if token.refresh_token is not None:
            form["refresh_token"] = token.refresh_token.reveal()
        return Request("POST", "/oauth2/token", self._client_id, form=form)

    def read_refresh(self, old: Token, response: Response) -> Event:
        """``invalid_grant`` is the only word that ends the connection; all else may pass."""
        if response.status in (400, 401) and error_name(response) == "invalid_grant":
            return GrantEnded(f"HTTP {response.status} invalid_grant")
        return read(response, lambda body: Refreshed(self._token(body, old.scope, old.refresh_token)))

    def revocation_request(self, token: Token) -> Request:
        """Ends the whole grant (RFC 7009, section 2.1)."""
        last = token.refresh_token or token.access_token
        return Request(
            "POST", "/oauth2/revoke", self._client_id, form={"client_id": self._client_id, "token": last.reveal()}
        )

    def read_revocation(self, response: Response) -> Event:
        """Simkl answers 200 whether or not the token was known (RFC 7009, section 2.2)."""
        return Revoked() if response.status == 200 and not response.is_web_page else read_failure(response)

    def _token(self, body: Body, scope: str, refresh_token: Secret | None) -> Token:
        """Raises BadAnswer. What the answer leaves out stays as it was (RFC 6749, sections 5.1 and 6)."""
        access_token = read_secret(body, "access_token")
        kind = body.get("token_type", "bearer")
        if not isinstance(kind, str) or kind.lower() != "bearer":
            raise BadAnswer("token_type is not bearer")
        with suppress(BadAnswer):  # the access token comes once: it is not given up over what can be done without
            refresh_token = read_secret(body, "refresh_token")
        lifetime = read_seconds(body, "expires_in", TOKEN_EXPIRES_IN, LONGEST_TOKEN_EXPIRES_IN)
        return Token(
            access_token=access_token,
            refresh_token=refresh_token,
            expires_at=self._wall_clock() + lifetime,
            scope=_scope(body.get("scope"), scope),
            client_id=self._client_id,
        )


def new_verifier() -> Secret:
    """A PKCE code verifier: 43 characters, 256 bits (RFC 7636, section 4.1)."""
    return Secret(secrets.token_urlsafe(32))


def _challenge(verifier: Secret) -> str:
    digest = hashlib.sha256(verifier.reveal().encode("ascii")).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")


def _description(response: Response) -> str:
    return clean_text(read_object(response).get("error_description"), 120)


def _scope(granted: object, otherwise: str) -> str:
    """Separated by spaces (RFC 6749, section 3.3); some servers separate by commas, or send a list."""
    if isinstance(granted, list):
        granted = " ".join(str(one) for one in granted)
    return clean_text(granted.replace(",", " "), 200) if isinstance(granted, str) else otherwise
