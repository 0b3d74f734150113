"""The server's memory: clients, codes, grants, quota. It knows no sockets and takes its time from a clock."""

from __future__ import annotations

import secrets
import threading
from typing import Callable, Mapping

from .limits import RateLimits
from .media import Media
from .model import Account, Behaviour, Grant, IssuedToken, UserCode

PIN_ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
"""Letters and digits that nobody confuses: no I, L, O, 0 or 1."""

DEVICE_ALPHABET = "BCDFGHJKLMNPQRSTVWXZ"
"""Consonants, so that no code spells a word (RFC 8628, section 6.1)."""

PIN_PLACEHOLDER = "DEVICE_CODE"
"""What V1 sends as ``device_code``, literally."""

DAY = 86400.0
PIN_TOKEN_LIFE = 5 * 365 * DAY
ACCESS_TOKEN_LIFE = 7 * DAY
REFRESH_TOKEN_LIFE = 180 * DAY
"""Seconds. The refresh token's life slides: each use starts it anew."""


class UnknownCode(LookupError):
    """Nobody can decide about this user code: never issued, expired, or decided already."""


class State:
    """Everything the server remembers.

    ``lock`` guards all of it. Whoever answers a request holds it for the whole answer, so that one request is one step;
    the methods don't take it themselves.
    """

    def __init__(
        self,
        clients: Mapping[str, str],
        account: Account,
        behaviour: Behaviour,
        clock: Callable[[], float],
        media: Media,
    ) -> None:
        wrong = sorted(set(clients.values()) - {"v1", "v2"})
        if wrong:
            raise ValueError(f"a client is 'v1' or 'v2', not {wrong}")
        self.lock = threading.RLock()
        self.clients = dict(clients)
        self.account = account
        self.behaviour = behaviour
        self.clock = clock
        self.media = media
        self.limits = RateLimits()
        self.issued: list[IssuedToken] = []
        self._codes: dict[str, UserCode] = {}
        self._device_codes: dict[str, UserCode] = {}
        self._grants: list[Grant] = []
        self._quota_back_at: float | None = None

    # Codes

    def new_pin(self, client_id: str) -> UserCode:
        """A V1 code of five characters."""
        return self._new_code(client_id, self._unused(PIN_ALPHABET, 5), PIN_PLACEHOLDER)

    def new_device_code(self, client_id: str, scope: str, challenge: str) -> UserCode:
        """A V2 code such as ``BDWP-HQPK``, with its secret device code."""
        letters = self._unused(DEVICE_ALPHABET, 8, split=4)
        code = self._new_code(client_id, letters, secrets.token_urlsafe(48))
        code.scope, code.challenge = scope, challenge
        self._device_codes[code.device_code] = code
        return code

    def _unused(self, alphabet: str, length: int, split: int = 0) -> str:
        while True:
            text = "".join(secrets.choice(alphabet) for _ in range(length))
            code = f"{text[:split]}-{text[split:]}" if split else text
            if code not in self._codes:
                return code

    def _new_code(self, client_id: str, user_code: str, device_code: str) -> UserCode:
        how = self.behaviour
        code = UserCode(client_id, user_code, device_code, self.clock(), how.expires_in, how.interval)
        self._codes[user_code] = code
        return code

    def pin(self, client_id: str, user_code: str) -> UserCode | None:
        """The live V1 code of that client; None if it is unknown, used or expired."""
        code = self._codes.get(user_code)
        if code is None or code.client_id != client_id or code.device_code != PIN_PLACEHOLDER:
            return None
        return None if code.expired(self.clock()) else code

    def delete(self, code: UserCode) -> None:
        """Forget a V1 code, as Simkl does once its token is delivered."""
        del self._codes[code.user_code]

    def device(self, client_id: str, device_code: str) -> UserCode | None:
        """The V2 code of that client, also when it is used or expired."""
        code = self._device_codes.get(device_code)
        return code if code is not None and code.client_id == client_id else None

    def waiting_codes(self) -> list[UserCode]:
        """Codes that a person could decide about now, newest last."""
        now = self.clock()
        return [code for code in self._codes.values() if code.waiting(now)]

    def allow(self, user_code: str, account: Account | None = None) -> None:
        """A person says yes, with their account or the server's usual one. Raises UnknownCode."""
        self.code_to_decide(user_code).account = account or self.account

    def deny(self, user_code: str) -> None:
        """A person says no. Raises UnknownCode."""
        self.code_to_decide(user_code).denied = True

    def code_to_decide(self, user_code: str) -> UserCode:
        """The code that a person means; letter case, blanks and a missing dash don't matter. Raises UnknownCode."""
        wanted = _letters(user_code)
        for code in self.waiting_codes():
            if _letters(code.user_code) == wanted:
                return code
        raise UnknownCode(user_code)

    # Grants

    def grant(self, code: UserCode, account: Account) -> Grant:
        """Turn an approved code into a grant and mark it as used."""
        code.redeemed = True
        now = self.clock()
        if code.device_code == PIN_PLACEHOLDER:
            new = Grant(code.client_id, account, "", secrets.token_hex(32), now + PIN_TOKEN_LIFE)
        else:
            new = Grant(code.client_id, account, code.scope, "", now, _new_token("rt"))
            self._give_access(new)
        self._grants.append(new)
        self._note(new)
        return new

    def refresh(self, grant: Grant) -> None:
        """A new access token; the previous one is invalid from here on."""
        if self.behaviour.rotate:
            grant.refresh_token = _new_token("rt")
        self._give_access(grant)
        self._note(grant)

    def _give_access(self, grant: Grant) -> None:
        now = self.clock()
        grant.access_token = _new_token("at")
        grant.access_expires_at = now + ACCESS_TOKEN_LIFE
        grant.refresh_expires_at = now + REFRESH_TOKEN_LIFE

    def _note(self, grant: Grant) -> None:
        token = IssuedToken(grant.client_id, grant.access_token, grant.refresh_token, grant.scope, grant.account)
        self.issued.append(token)

    def by_access(self, client_id: str, token: str) -> Grant | None:
        """The client's grant whose current access token this is, if it has not expired."""
        now = self.clock()
        found = (g for g in self._grants if g.access_token == token and g.client_id == client_id)
        return next((g for g in found if now < g.access_expires_at), None)

    def by_refresh(self, client_id: str, token: str) -> Grant | None:
        """The client's grant whose current refresh token this is, if it has not expired."""
        now = self.clock()
        found = (g for g in self._grants if g.refresh_token == token and g.client_id == client_id)
        return next((g for g in found if now < g.refresh_expires_at), None)

    def by_any(self, token: str) -> Grant | None:
        """The grant with this current token of either kind, expired or not."""
        return next((g for g in self._grants if token in (g.access_token, g.refresh_token)), None)

    def end(self, grant: Grant) -> None:
        """All tokens of the grant are invalid from here on."""
        self._grants.remove(grant)

    # Quota

    def exhaust_quota(self, retry_after: float) -> None:
        """The account has used up its day: no more calls for ``retry_after`` seconds."""
        self._quota_back_at = self.clock() + retry_after

    def seconds_without_quota(self) -> float:
        """Seconds until calls are allowed again; 0 when they are."""
        return 0.0 if self._quota_back_at is None else max(0.0, self._quota_back_at - self.clock())


def _letters(user_code: str) -> str:
    return "".join(char for char in user_code.upper() if char.isalnum())


def _new_token(kind: str) -> str:
    return f"simkl_{kind}_{secrets.token_urlsafe(32)}"
