"""HTTPS to Simkl on requests, with what that lacks: an end at any moment, a limit for bodies, failures with a name.

Import this module where the first request is made: loading requests takes about a tenth of a second.
"""

from __future__ import annotations

import logging
from http.cookiejar import DefaultCookiePolicy
from typing import Any, Callable, Iterator, Mapping

import requests
from urllib3.exceptions import HTTPError

from ..errors import ConnectionFailed, Problem
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
from .messages import ClientInfo, Request, Response

_CHUNK = 4096
"""Bytes read at a time; decompressed, they are 4 MiB at most."""

for _name in ("urllib3", "requests"):  # their log lines quote URLs, and a URL can hold a user code
    logging.getLogger(_name).propagate = False


class BadResponse(Exception):
    """A body that is too large, or packed in a way that was not asked for."""


class CutResponse(Exception):
    """A body shorter than its head says. urllib3 1.26 does not mind."""


class Session:
    """A client of Simkl's API on one kept-alive connection.

    ``proxy`` is asked before each request for the address of a proxy, with user and password; empty for the system's
    own way. :meth:`send` blocks and belongs on one thread. :meth:`interrupt` and :meth:`close` may be called from any
    other and end it within a tenth of a second, in every phase but the name look-up.
    """

    def __init__(self, client: ClientInfo, proxy: Callable[[], str]) -> None:
        self._client = client
        self._proxy = proxy
        self._proxies: Mapping[str, str] = {}
        self._adapter = InterruptibleAdapter()
        self._session = WithoutRedirects()
        self._session.mount("https://", self._adapter)
        self._session.mount("http://", self._adapter)
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        self._session.headers.update(
            {"User-Agent": client.user_agent, "Accept": "application/json", "Accept-Encoding": "gzip, deflate"}
        )

    def send(self, request: Request) -> Response:
        """The response, read whole. Redirects are not followed, and nothing is sent twice.

        Raises ConnectionFailed, or ValueError for a request that can't be sent, which is a mistake of ours.
        """
        prepared = self._prepared(request)
        self._adapter.start()
        try:
            response = self._exchange(prepared, request.largest_body)
            self._adapter.check()  # what an interruption has cut off can look whole
        except (requests.RequestException, HTTPError, BadResponse, CutResponse, *PLAIN_ERRORS) as error:
            failure = self._failure(error)
        else:
            self._adapter.finish()
            return response
        self._session.close()  # a connection that failed half-way is never used again
        self._adapter.forget()
        raise failure  # outside the except block: the original quotes the URL and must not travel along

    def interrupt(self) -> None:
        """End the request in flight, as a time-out; the next one opens a new connection."""
        self._adapter.interrupt()

    def close(self) -> None:
        """End the request in flight and every one to come."""
        self._adapter.interrupt(for_good=True)
        self._session.close()
        self._adapter.forget()

    def _prepared(self, request: Request) -> requests.PreparedRequest:
        client = self._client
        try:
            return self._session.prepare_request(
                requests.Request(
                    request.method,
                    client.base_url + request.path,
                    params={**client.query(request.client_id), **request.query},
                    data=request.form,
                    json=request.json,
                    headers=None if request.bearer is None else {"Authorization": authorization(request.bearer)},
                    auth=nothing_from_netrc,
                )
            )
        except (ValueError, TypeError, requests.RequestException) as error:
            kind = type(error).__name__
        raise ValueError(f"a request that cannot be sent ({kind})")  # outside: the original quotes what it is about

    def _exchange(self, prepared: requests.PreparedRequest, largest_body: int) -> Response:
        self._adapter.check()
        settings = self._session.merge_environment_settings(prepared.url, proxies_of(self._proxy()), True, None, None)
        if settings["proxies"] != self._proxies:
            self._session.close()  # or an older connection would be used, whose socket the adapter has forgotten
            self._proxies = settings["proxies"]
        timeout = (CONNECT_TIMEOUT, READ_TIMEOUT)
        with self._session.send(prepared, timeout=timeout, allow_redirects=False, **settings) as response:
            headers = {name.lower(): value for name, value in response.headers.items()}
            return Response(response.status_code, headers, _read(response, largest_body))

    def _failure(self, error: BaseException) -> ConnectionFailed:
        causes = list(_causes(error))
        detail = "/".join(dict.fromkeys(type(cause).__name__ for cause in causes))
        if self._adapter.interrupted:
            return ConnectionFailed(Problem.TIMEOUT, f"no whole answer in time ({detail})")
        if type(error) is OSError:  # requests raises it for a file of authorities that is not there
            return ConnectionFailed(Problem.TLS, detail)
        if isinstance(error, (ValueError, TypeError)) and not isinstance(error, OSError):
            return ConnectionFailed(Problem.PROXY if self._proxies else Problem.BAD_ANSWER, detail)
        names = {kind.__name__ for cause in causes for kind in type(cause).__mro__}
        return ConnectionFailed(next((p for p, known in _PROBLEMS.items() if names & known), Problem.OFFLINE), detail)


def _read(response: requests.Response, largest: int) -> bytes:
    """Raises BadResponse, CutResponse."""
    if response.headers.get("Content-Encoding", "").strip().lower() not in PACKINGS:
        raise BadResponse
    body = bytearray()
    for chunk in response.iter_content(_CHUNK):
        body += chunk
        if len(body) > largest:
            raise BadResponse
    if response.raw.length_remaining:
        raise CutResponse
    return bytes(body)


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error and what led to it; urllib3 keeps causes in ``reason`` and ``args`` as well."""
    seen: list[BaseException] = []
    pending: list[Any] = [error]
    while pending:
        current = pending.pop(0)
        if isinstance(current, BaseException) and all(current is not other for other in seen):
            seen.append(current)
            yield current
            pending += [getattr(current, "reason", None), *current.args, current.__cause__, current.__context__]


_PROBLEMS = {
    Problem.TLS: {"SSLError", "CertificateError", "SystemError"},
    Problem.TIMEOUT: {"timeout", "TimeoutError", "Timeout"},
    Problem.PROXY: {"ProxyError", "InvalidURL", "InvalidSchema", "LocationValueError"},
    Problem.BAD_ANSWER: {"BadResponse", "ContentDecodingError", "DecodeError"},
}
"""By the names of an error's classes, the first that fits: Python 3.9.0 to 3.9.5 (Debian 11) has C code raise the
classes of whichever interpreter loaded them last, and in Kodi that is another add-on's."""
