"""Reading what comes from the network, for every flow: nothing in a response is trusted.

Whatever arrives, these functions return a value of the expected kind or say what is wrong with it;
they never put the offending value into the message, because it may be a secret.
"""

from __future__ import annotations

import json
import math
import re
from datetime import datetime, timezone
from typing import Any, Callable, Mapping, TypeVar

from ..errors import Failure, PermanentError, Problem, TransientError
from ..http.messages import Response
from ..models import DeviceAuthorization, Secret

EXPIRES_IN, LONGEST_EXPIRES_IN = 900.0, 3600.0
INTERVAL, LONGEST_INTERVAL = 5.0, 300.0
"""Seconds; what Simkl documents for both flows, used where its answer has no usable number, and what is believed."""
KNOWN_VERIFICATION_URI = "https://simkl.com/pin"
LONGEST_RETRY_AFTER = 24 * 3600.0
"""Seconds. Simkl's daily quota is the longest wait it knows; anything above is not meant."""

_USER_CODE = re.compile(r"[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*")
_TOKEN = re.compile(r"[\x21-\x7e]{1,4096}")
_SIMKL_URI = re.compile(r"https://(?:[a-z0-9-]+\.)*simkl\.com(?::443)?(?:[/?#][!-Z^-~]*)?", re.IGNORECASE | re.ASCII)
"""Visible ASCII (RFC 3986, section 2) without the brackets and backslash that Kodi's labels give a meaning."""
_NO_DATE = (TypeError, ValueError, IndexError, OverflowError)
"""What parsedate_to_datetime raises: the first three by Python version, the last for numbers without end."""
_MARKUP = re.compile(
    r"\[/?(?:B|I|LIGHT|UPPERCASE|LOWERCASE|CAPITALIZE|CR|TABS|COLOR)\b[^\]]*\]|\$(?=[\w$]*\[)", re.IGNORECASE
)
"""Kodi's tags, and the "$" of what it replaces in a label, such as ``$INFO[…]``, ``$LOCALIZE[…]``, ``$VAR[…]``."""


Body = Mapping[str, Any]
"""A JSON object."""
T = TypeVar("T")


class BadAnswer(Exception):
    """A response that is not what the protocol promises. Its text names the field, never the value."""


def read(response: Response, read_body: Callable[[Body], T]) -> T | Failure:
    """What ``read_body`` makes of the body, where there is a good one; it may raise BadAnswer. Else what that means."""
    if response.status != 200 or response.is_web_page:
        return read_failure(response)
    try:
        return read_body(read_object(response))
    except BadAnswer as bad:
        return TransientError(Problem.BAD_ANSWER, str(bad))


def read_device_authorization(
    body: Body, user_code: Secret, uri: str, complete_uri: str, device_code: Secret | None
) -> DeviceAuthorization:
    """A code to show, with the times in ``body``."""
    return DeviceAuthorization(
        user_code=user_code,
        verification_uri=uri,
        verification_uri_complete=Secret(complete_uri),
        expires_in=read_seconds(body, "expires_in", EXPIRES_IN, LONGEST_EXPIRES_IN),
        interval=read_seconds(body, "interval", INTERVAL, LONGEST_INTERVAL),
        device_code=device_code,
    )


def read_object(response: Response) -> Body:
    """The JSON object in the body. Raises :class:`BadAnswer`."""
    try:
        value = json.loads(response.body.decode("utf-8"))
    except (ValueError, RecursionError):  # UnicodeDecodeError and JSONDecodeError are ValueErrors; their texts quote
        value = None
    if not isinstance(value, dict):
        raise BadAnswer("the body is not a JSON object")
    return value


def read_secret(body: Body, field: str) -> Secret:
    """A token or code out of printable ASCII (RFC 6749, appendix A.12). Raises :class:`BadAnswer`."""
    value = body.get(field)
    if not isinstance(value, str) or not _TOKEN.fullmatch(value):
        raise BadAnswer(f"{field} is missing or not a token")
    return Secret(value)


def read_user_code(body: Body) -> Secret:
    """A code that can be shown and typed: letters, digits and hyphens, 16 at most. Raises :class:`BadAnswer`."""
    value = body.get("user_code")
    if not isinstance(value, str) or len(value) > 16 or not _USER_CODE.fullmatch(value):
        raise BadAnswer("user_code is missing or not a code that can be shown")
    return Secret(value)


def read_seconds(body: Body, field: str, default: float, longest: float) -> float:
    """A duration in seconds, from 1 to ``longest``; ``default`` where the server's word can't be meant."""
    value = body.get(field)
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return default
    try:
        seconds = float(value)
    except (ValueError, OverflowError):
        return default
    if not math.isfinite(seconds) or seconds <= 0:
        return default
    return min(max(seconds, 1.0), longest)


def read_verification_uri(value: object, otherwise: str = KNOWN_VERIFICATION_URI) -> str:
    """``value`` if it is an ``https`` address on simkl.com or a subdomain of it, else ``otherwise``.

    The address is drawn on the screen and in the QR code: it must not lead anywhere else.
    """
    if not isinstance(value, str) or len(value) > 200 or not _SIMKL_URI.fullmatch(value):
        return otherwise
    return value.rstrip("/")


def clean_text(value: object, longest: int = 60) -> str:
    """Text from the server made fit to draw: one line, no control characters, nothing that Kodi evaluates."""
    if not isinstance(value, str):
        return ""
    printable = "".join(char if char.isprintable() else " " for char in value[: 20 * longest])
    unmarked = printable
    while _MARKUP.search(unmarked):  # removing one piece can join the halves of another
        unmarked = _MARKUP.sub("", unmarked)
    text = " ".join(unmarked.split())
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"


def read_failure(response: Response) -> Failure:
    """What a response with an unexpected status means, where the endpoint has no better word for it.

    A cause that may pass is a :class:`TransientError`. Simkl's final words are 401 and 412 (its error reference), but
    not in a page for people: that comes from something in between.
    """
    detail, is_page = status_text(response), response.is_web_page
    redirect, sign_in_first = 300 <= response.status < 400, response.status == 511  # RFC 6585, section 6
    if redirect or sign_in_first or (response.status < 400 and is_page):
        return TransientError(Problem.CAPTIVE_PORTAL, f"{detail}, not an answer of Simkl's API")
    if response.status == 429:
        return TransientError(Problem.RATE_LIMITED, detail, retry_after(response))
    if response.status == 412 and not is_page:
        return PermanentError(Problem.CLIENT_ID_REFUSED, detail)
    if response.status == 401 and not is_page:
        return PermanentError(Problem.REFUSED, detail)
    if response.status < 400:
        return TransientError(Problem.BAD_ANSWER, detail)
    return TransientError(Problem.SERVER_TROUBLE, detail, retry_after(response))


def error_text(response: Response) -> str:
    """What stands as ``error`` in the body, as it came; or an empty string."""
    try:
        value = read_object(response).get("error")
    except BadAnswer:
        return ""
    return value if isinstance(value, str) else ""


def error_name(response: Response) -> str:
    """The stable ``error`` id in the body, or an empty string."""
    value = error_text(response)
    return value if re.fullmatch(r"[a-z_]{1,40}", value) else ""


def status_text(response: Response) -> str:
    """Status and ``error`` id as a log line has them: ``HTTP 400 invalid_grant``."""
    return f"HTTP {response.status} {error_name(response)}".rstrip()


def retry_after(response: Response) -> float | None:
    """Seconds to wait by the Retry-After header, as a number or a date (RFC 9110, section 10.2.3)."""
    value = response.headers.get("retry-after", "").strip()
    if re.fullmatch(r"\d{1,9}", value):
        seconds = float(value)
    else:
        until = _date(value)
        if until is None:
            return None
        sent = _date(response.headers.get("date", "")) or datetime.now(timezone.utc)  # dates are meant by that clock
        seconds = (until - sent).total_seconds()
    return seconds if 0 <= seconds <= LONGEST_RETRY_AFTER else None


def _date(text: str) -> datetime | None:
    """A date in a header, in any of its formats; None for anything else."""
    from email.utils import parsedate_to_datetime  # here: 0.7 MiB that an idle service does without

    try:
        date = parsedate_to_datetime(text)
    except _NO_DATE:
        return None
    return date.replace(tzinfo=date.tzinfo or timezone.utc)
