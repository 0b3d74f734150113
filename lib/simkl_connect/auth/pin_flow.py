"""AUTH V1: Simkl's PIN flow. How its requests are built and its answers read (api.simkl.org, "PIN flow")."""

from __future__ import annotations

from ..api.parsing import (
    BadAnswer,
    Body,
    error_name,
    read,
    read_device_authorization,
    read_secret,
    read_user_code,
    read_verification_uri,
    status_text,
)
from ..errors import Problem
from ..http.messages import Request, Response
from ..models import DeviceAuthorization, Secret, Token
from .events import CodeExpired, CodeIssued, Event, FlowNotSupported, Granted, Pending, SlowDown


class PinFlow:
    """``GET /oauth/pin`` gives a code of five characters; ``GET /oauth/pin/{user_code}`` tells what became of it."""

    name = "pin"
    verifier: Secret | None = None

    def __init__(self, client_id: str) -> None:
        self._client_id = client_id

    def device_authorization_request(self) -> Request:
        """The request for a new code."""
        return Request("GET", "/oauth/pin", self._client_id)

    def read_device_authorization(self, response: Response) -> Event:
        """The ``device_code`` in this answer is a placeholder and ignored. A V2 client id is unsuited here."""
        is_refusal = response.status in (400, 401, 412) and not response.is_web_page
        if is_refusal or response.status in (404, 410):
            client = response.status == 412 or error_name(response) == "unauthorized_client"
            detail = status_text(response)
            return FlowNotSupported(Problem.CLIENT_ID_REFUSED if client else Problem.REFUSED, detail)
        return read(response, self._code)

    def _code(self, body: Body) -> CodeIssued:
        """Raises BadAnswer."""
        user_code = read_user_code(body)
        uri = read_verification_uri(body.get("verification_uri", body.get("verification_url")))
        complete_uri = f"{uri}/{user_code.reveal()}"
        return CodeIssued(read_device_authorization(body, user_code, uri, complete_uri, device_code=None))

    def token_request(self, authorization: DeviceAuthorization) -> Request:
        """One poll."""
        return Request("GET", f"/oauth/pin/{authorization.user_code.reveal()}", self._client_id)

    def read_token(self, response: Response) -> Event:
        """Any body with ``device_code`` is a new code that nobody asked for: the one polled is gone."""
        return read(response, self._token)

    def _token(self, body: Body) -> Event:
        """Raises BadAnswer."""
        if "device_code" in body:
            return CodeExpired()
        if body.get("result") == "OK":
            return Granted(Token(access_token=read_secret(body, "access_token"), client_id=self._client_id))
        refusals: dict[str, Event] = {"authorization pending": Pending(), "slow down": SlowDown()}
        message = body.get("message") if body.get("result") == "KO" else None
        refusal = refusals.get(message.strip().lower()) if isinstance(message, str) else None
        if refusal is None:
            raise BadAnswer("result is neither OK nor a known KO")
        return refusal
