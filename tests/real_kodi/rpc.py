"""Kodi's JSON-RPC over HTTP. Proxies of the environment are not used."""

from __future__ import annotations

import http.client
import json
from typing import Any

from .waiting import SLOWNESS


class RpcError(Exception):
    """Kodi answered with an error: a method or a parameter it does not know, or a method it refused."""

    def __init__(self, method: str, error: object) -> None:
        super().__init__(f"{method}: {error}")
        self.method = method
        self.error = error


class JsonRpc:
    """Calls to one Kodi; a connection each, so that it may come and go. Raises :class:`OSError` if it is not there."""

    def __init__(self, port: int, timeout: float = 10.0) -> None:
        """Talk to the web server on ``port`` of this machine; ``timeout`` in seconds."""
        self.port = port
        self._timeout = timeout * SLOWNESS

    def call(self, method: str, **params: object) -> Any:
        """The result of ``method``."""
        body = self._post(json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}))
        try:
            answer = json.loads(body)
        except ValueError as error:  # the web server is up before what it serves, and cut off when Kodi quits
            raise ConnectionError(f"port {self.port} does not speak JSON: {body[:80]!r}") from error
        if "error" in answer:
            raise RpcError(method, answer["error"])
        return answer["result"]

    def labels(self, names: tuple[str, ...]) -> dict[str, str]:
        """The values of info labels, by name."""
        return dict(self.call("XBMC.GetInfoLabels", labels=list(names)))

    def booleans(self, conditions: tuple[str, ...]) -> dict[str, bool]:
        """The values of boolean conditions, by condition."""
        return dict(self.call("XBMC.GetInfoBooleans", booleans=list(conditions)))

    def _post(self, body: str) -> bytes:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=self._timeout)
        try:
            connection.request("POST", "/jsonrpc", body.encode("utf-8"), {"Content-Type": "application/json"})
            return connection.getresponse().read()
        except http.client.HTTPException as error:  # Kodi hung up in the middle of the answer, as it quits
            raise ConnectionError(f"no answer from port {self.port}: {error!r}") from error
        finally:
            connection.close()
