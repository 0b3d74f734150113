"""Kodi's JSON-RPC. It answers on the caller's thread, also while Kodi's main thread is busy."""

from __future__ import annotations

import json

import xbmc

from ..json_values import as_object, to_object

TYPE_CHECKING = False  # that of ``typing`` would be loaded before the first window opens
if TYPE_CHECKING:
    from typing import Any, Mapping


def result_of(method: str, params: Mapping[str, Any]) -> object:
    """The ``result`` of a call; None for an error."""
    request = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
    return to_object(xbmc.executeJSONRPC(json.dumps(request))).get("result")


def call(method: str, params: Mapping[str, Any]) -> Mapping[str, Any]:
    """The ``result`` of a call; empty for an error, and for a result that is no object."""
    return as_object(result_of(method, params))
