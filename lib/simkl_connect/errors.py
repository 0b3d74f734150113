"""What can go wrong: causes by the id under which the screen has a sentence for each, failures of requests, errors."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple, Union


class Problem(str, Enum):
    """A cause that a user can be told about. The value travels to the dialog and names the sentence there."""

    CLIENT_ID_MISSING = "client_id_missing"
    CLIENT_ID_REFUSED = "client_id_refused"
    API_URL_REFUSED = "api_url_refused"
    OFFLINE = "offline"
    TIMEOUT = "timeout"
    TLS = "tls"
    PROXY = "proxy"
    CAPTIVE_PORTAL = "captive_portal"
    RATE_LIMITED = "rate_limited"
    SERVER_TROUBLE = "server_trouble"
    BAD_ANSWER = "bad_answer"
    REFUSED = "refused"
    READ_ONLY = "read_only"
    STORAGE = "storage"
    INTERNAL = "internal"
    SERVICE_SILENT = "service_silent"
    SERVICE_GONE = "service_gone"


class TransientError(NamedTuple):
    """This attempt failed and a later one may not: network, server or something in between.

    ``retry_after``: seconds the server asked to wait, or None. ``detail`` is for the log and holds no secret.
    """

    problem: Problem
    detail: str
    retry_after: float | None = None


class PermanentError(NamedTuple):
    """The server said a no that no repetition changes.

    ``detail`` is for the log and holds no secret. ``server_message`` is the server's own sentence, made fit to draw.
    """

    problem: Problem
    detail: str
    server_message: str = ""


Failure = Union[TransientError, PermanentError]
"""How a request that brought nothing ends."""


class ConnectionFailed(Exception):
    """No usable response came. ``problem`` is for the user; the text is for the log and quotes nothing."""

    def __init__(self, problem: Problem, detail: str) -> None:
        super().__init__(detail)
        self.problem = problem


class StorageFailed(Exception):
    """What was to be kept could not be written, or was not there when read back."""


def describe_exception(error: BaseException) -> str:
    """Kind and place of an error, innermost last; its text is left out, because it may quote what it tripped over."""
    places, trace = [], error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        places.append(f"{code.co_name}:{trace.tb_lineno}")
        trace = trace.tb_next
    return f"{type(error).__name__} at {' > '.join(places)}"
