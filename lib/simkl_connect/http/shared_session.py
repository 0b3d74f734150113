"""The session that other add-ons get: to Simkl and nowhere else, with the token of the one sign-in.

Importing this loads requests. It leaves the interpreter's logging and all else alone: it belongs to another add-on.
"""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from http.cookiejar import DefaultCookiePolicy
from typing import Any, Callable, Iterator, Protocol

import requests
from requests.exceptions import ChunkedEncodingError, ContentDecodingError
from urllib3.exceptions import HTTPError

from ..models import Token
from ..storage.limits import SharedLimits
from .adapter import InterruptibleAdapter
from .defaults import (
    CONNECT_TIMEOUT,
    PACKINGS,
    PLAIN_ERRORS,
    READ_TIMEOUT,
    WithoutRedirects,
    authorization,
    nothing_from_netrc,
    proxies_of,
)
from .messages import ClientInfo, Response

LARGEST_BODY = 64 * 1024 * 1024
"""Bytes of a response, decompressed: a library of 20,000 titles is some ten million."""
LONGEST = 60.0
"""Seconds from the start of a request to its last byte."""
LONGEST_TURN = 15.0
"""Seconds to wait for a turn among the requests of all add-ons."""
_LOOK_EVERY = 0.2


class Access(Protocol):
    """The sign-in, as a session needs it. Both raise what is in ``docs/api.md``."""

    def token(self) -> Token:
        """The stored token."""

    def renewed(self, refused: Token) -> Token | None:
        """The token to use in the place of ``refused``; None if Simkl refused it for another reason than its age."""


class SharedSession(WithoutRedirects):
    """A ``requests.Session`` that takes paths. Its requests are made one after the other, whatever the thread.

    ``proxy`` as for :class:`~simkl_connect.http.session.Session`. ``watch`` is called for each request, and gives a
    function that is true once Kodi wants the caller to end.
    """

    def __init__(
        self,
        client: ClientInfo,
        access: Access,
        limits: SharedLimits,
        proxy: Callable[[], str],
        watch: Callable[[], Callable[[], bool]],
    ) -> None:
        super().__init__()
        self._base_url = client.base_url
        self._access = access
        self._limits = limits
        self._proxy = proxy
        self._watch = watch
        self._lock = threading.RLock()  # a hook of the caller's may make a request
        self._adapter = _SimklAdapter(client)
        self.adapters.clear()  # no other host is reached, and so none gets the token
        self.mount(client.base_url + "/", self._adapter)
        self.auth = nothing_from_netrc
        self.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        self.headers.update(
            {"User-Agent": client.user_agent, "Accept": "application/json", "Accept-Encoding": "gzip, deflate"}
        )

    def request(self, method: str | bytes, url: str | bytes, *args: Any, **kwargs: Any) -> requests.Response:
        """As ``requests.Session.request``, with a path like ``/sync/activities`` as ``url``; ValueError for any other.

        The response is read whole, a redirect is one like any other, and certificates are checked.
        """
        if not isinstance(url, str) or not url.startswith("/") or url.startswith("//"):
            raise ValueError('a path of Simkl\'s API is wanted, such as "/sync/activities"')
        return super().request(method, self._base_url + url, *args, **kwargs)

    def merge_environment_settings(self, url: Any, proxies: Any, stream: Any, verify: Any, cert: Any) -> Any:
        """Kodi's proxy, unless the caller names one."""
        return super().merge_environment_settings(url, proxies or proxies_of(self._proxy()), stream, verify, cert)

    def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:
        """Called by ``request``. After a 401 the token is renewed and the request made once more."""
        if not kwargs.get("verify", self.verify):  # requests takes 0 and "" for False
            raise ValueError("certificates are always checked")
        kwargs.update(allow_redirects=False, stream=False)
        kwargs["timeout"] = kwargs.get("timeout") or (CONNECT_TIMEOUT, READ_TIMEOUT)
        with self._lock:
            token = self._access.token()
            response = self._exchange(request, token, kwargs)
            if not _refuses_token(response) or not isinstance(request.body, (bytes, str, type(None))):
                return response
            renewed = self._access.renewed(token)
            return response if renewed is None else self._exchange(request, renewed, kwargs)

    def _exchange(self, request: requests.PreparedRequest, token: Token, kwargs: dict[str, Any]) -> requests.Response:
        ending = self._watch()
        self._wait_for_turn(request, ending)
        self._adapter.use(token, ending)
        try:
            return super().send(request, **kwargs)
        finally:
            self._adapter.done()
            self._limits.answered()

    def _wait_for_turn(self, request: requests.PreparedRequest, ending: Callable[[], bool]) -> None:
        """Raises Timeout."""
        until = time.monotonic() + LONGEST_TURN
        wait = self._limits.reserve(request.method or "GET")
        while wait > 0:
            if time.monotonic() >= until or ending():
                raise requests.Timeout("no turn among the requests to Simkl", request=request)
            time.sleep(min(wait, _LOOK_EVERY))
            wait = self._limits.reserve(request.method or "GET")


class _SimklAdapter(InterruptibleAdapter):
    """Adds what no request may lack, on a copy: what the caller sees of a request, in errors too, holds no token."""

    def __init__(self, client: ClientInfo) -> None:
        super().__init__()
        self._client = client
        self._token: Token | None = None
        self._ending: Callable[[], bool] = bool

    def use(self, token: Token, ending: Callable[[], bool]) -> None:
        """For the next request."""
        self._token, self._ending = token, ending

    def done(self) -> None:
        """Lets go of both: in an interpreter that is used again, what Kodi has lent must not outlive the request."""
        self._token, self._ending = None, bool

    def close(self) -> None:
        """Called by requests, and after an error."""
        super().close()  # type: ignore[no-untyped-call]
        self.forget()

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        """Called by requests."""
        self.start()
        failure: requests.RequestException
        try:
            response = self._exchange(self._completed(request), *args, **kwargs)
        except requests.RequestException as error:
            failure = error
        except (HTTPError, *PLAIN_ERRORS) as error:
            failure = requests.ConnectionError(type(error).__name__)
        else:
            self.finish()
            response.request = request
            return response
        self.close()  # a connection that failed half-way is never used again
        if self.interrupted:
            failure = requests.Timeout("no whole answer in time")
        failure.request = request
        raise failure  # outside the except block: the original is about the copy

    def _completed(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        token, client = self._token, self._client
        if token is None:
            raise ValueError("a request that was not made by the session")
        completed = request.copy()
        completed.prepare_url(request.url, client.query(token.client_id))
        completed.headers["Authorization"] = authorization(token.access_token)
        completed.headers["User-Agent"] = client.user_agent
        return completed

    def _exchange(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        with self._ended_in_time():
            self.check()
            with super().send(request, *args, **kwargs) as response:
                _limit(response)
                _ = response.content  # read here, where it ends in time
            self.check()  # what an interruption has cut off can look whole
            return response

    @contextmanager
    def _ended_in_time(self) -> Iterator[None]:
        """Interrupts what takes too long, or longer than the caller is to live: Kodi waits for a thread in a socket.

        Waiting in short steps, because Python before 3.11 measures a wait by the wall clock.
        """
        done, until, ending = threading.Event(), time.monotonic() + LONGEST, self._ending

        def watch() -> None:
            while not done.wait(_LOOK_EVERY):
                if time.monotonic() >= until or ending():
                    self.interrupt()

        thread = threading.Thread(target=watch, name="simkl-connect", daemon=True)
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join()


def _limit(response: requests.Response) -> None:
    """Has reading the body raise a RequestException if it is too large, cut, or packed as was not asked for."""
    if response.headers.get("Content-Encoding", "").strip().lower() not in PACKINGS:
        raise ContentDecodingError("packed in a way that was not asked for")
    stream = response.raw.stream

    def limited(*args: Any, **kwargs: Any) -> Iterator[bytes]:
        size = 0
        for chunk in stream(*args, **kwargs):
            size += len(chunk)
            if size > LARGEST_BODY:
                raise ContentDecodingError(f"more than {LARGEST_BODY} bytes")
            yield chunk
        if response.raw.length_remaining:  # urllib3 1.26 does not mind
            raise ChunkedEncodingError("the answer ends early")

    response.raw.stream = limited


def _refuses_token(response: requests.Response) -> bool:
    """A 401 with a page for people is not Simkl's, but of something in between."""
    headers = {name.lower(): value for name, value in response.headers.items()}
    return response.status_code == 401 and not Response(401, headers, response.content).is_web_page
