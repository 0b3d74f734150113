"""What the property tests try: whatever a server can send, and whatever can happen to a sign-in.

The same thousands each time, so that a red run can be repeated: see :data:`STEADY`.
"""

from __future__ import annotations

import json
import math
from typing import Any

from flow_cases import CLIENT_ID, DEVICE_BODY, NOW, PIN_BODY, TOKEN_BODY, answer
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from simkl_connect.errors import Problem
from simkl_connect.http.messages import Response
from simkl_connect.models import Secret, Token

STEADY = settings(
    derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
"""For every property test: the same examples in every run, and none of Hypothesis's own limits of time: a slow machine
is no mistake."""


def steady(examples: int, steps: int = 50) -> settings:
    """So many of them."""
    return settings(STEADY, max_examples=examples, stateful_step_count=steps)


CANARY = "CANARY-7"
"""Stands for a secret, wherever a server may put one."""

words = st.one_of(
    st.sampled_from(["", "OK", "KO", "bearer", "media:read media:write", "Authorization pending", "slow_down"]),
    st.sampled_from(["authorization_pending", "expired_token", "access_denied", "invalid_grant", "invalid_client"]),
    st.sampled_from(["5G6JA", "BDWP-HQPK", CANARY, f"[B]{CANARY}[/B]", f"x {CANARY}\n", "[[CR]B]Ada", "\u202eadA"]),
    st.sampled_from(["https://simkl.com/pin", "https://tv.simkl.com/pin/", "https://simkl.com.evil.example/"]),
    st.text(max_size=30),
)
numbers = st.one_of(
    st.sampled_from([math.nan, math.inf, 10**400, 0, -1, 5, 900, 604800, 1e308, -0.0, -math.inf]),
    st.one_of(st.integers(), st.floats()),
)
json_values = st.recursive(
    st.one_of(st.none(), st.booleans(), numbers, words),
    lambda children: st.one_of(st.lists(children, max_size=3), st.dictionaries(words, children, max_size=3)),
    max_leaves=4,
)
REFUSAL = {"error": "policy_violation", "error_description": "No", "code": 400, "message": "no"}
GOOD: dict[str, list[dict[str, Any]]] = {
    "code-pin": [PIN_BODY, REFUSAL],
    "code-device": [DEVICE_BODY, REFUSAL],
    "poll-pin": [{"result": "OK", "access_token": "c0ffee"}, {"result": "KO", "message": "Slow down"}],
    "poll-device": [TOKEN_BODY, REFUSAL],
    "refresh": [TOKEN_BODY, REFUSAL],
    "revoke": [{}, REFUSAL],
    "name": [{"user": {"name": "Ada"}, "account": {"id": 12345}}],
}
"""What each request is usually answered with."""
spoilt_values = st.one_of(
    numbers,
    numbers.map(str),
    st.sampled_from([CANARY, f"{CANARY}-" * 20, f"{CANARY} ", f"[B]{CANARY}[/B]", f"x\n{CANARY}", f"https://{CANARY}"]),
    st.sampled_from(["A" * 17, "a-b", "-", "A" * 5000, "", "https://simkl.com/pin?a=b", "https://simkl.com/[B]"]),
    st.text(st.characters(max_codepoint=127), max_size=20),
    st.fixed_dictionaries({"name": words, "id": json_values}),
    json_values,
)


@st.composite
def spoilt_bodies(draw: st.DrawFn, reader: str | None = None) -> dict[str, object]:
    """A good answer with a field gone, one or two changed, and one that nobody knows."""
    body = dict(draw(st.sampled_from(GOOD[reader] if reader else [good for goods in GOOD.values() for good in goods])))
    fields = [*body, "unknown"]
    for field in draw(st.lists(st.sampled_from(fields), min_size=1, max_size=2)):
        body[field] = draw(spoilt_values)
    if draw(st.integers(0, 4)) == 4:
        body.pop(draw(st.sampled_from(fields)), None)
    return body


EXTREMES = [b"", b"<html>CANARY-7</html>", b"[" * 5000, b'{"user":' * 5000, b"9" * 5000]
bodies = st.one_of(
    st.binary(max_size=200),
    st.builds(lambda value: json.dumps(value).encode(), spoilt_bodies()),
    st.builds(lambda value: json.dumps(value).encode(), json_values),
    st.builds(lambda value, cut: json.dumps(value).encode()[:cut], spoilt_bodies(), st.integers(0, 60)),
    st.integers(0, 4).map(lambda number: EXTREMES[number]),
)
statuses = st.one_of(
    st.sampled_from([200, 200, 200, 400, 401, 403, 404, 408, 410, 412, 429, 500, 503, 511]), st.integers(100, 999)
)
dates = st.builds(
    "{}, {} {} {} {}:{}:{} {}".format,
    st.sampled_from(["Tue", "", "x"]),
    st.one_of(st.integers(0, 40), st.integers(0, 10**40)),
    st.sampled_from(["Nov", "nov", "13", ""]),
    st.one_of(st.integers(1900, 2100), st.integers(0, 10**40)),
    st.one_of(st.integers(0, 30), st.integers(0, 10**40)),
    st.integers(0, 70),
    st.integers(0, 70),
    st.one_of(
        st.sampled_from(["GMT", "", "EST", "-0000"]),
        st.builds("{:+05d}".format, st.integers(-(10**4), 10**4)),
        st.builds("{:+05d}".format, st.integers(-(10**40), 10**40)),
    ),
)
header_values = st.one_of(
    st.integers(-10, 10**6).map(str),
    st.integers().map(str),
    dates,
    words,
    st.sampled_from(["application/json", "text/html"]),
    st.text(st.characters(max_codepoint=255), max_size=30),
)
headers = st.dictionaries(
    st.sampled_from(["content-type", "retry-after", "date", "location", "x-token"]), header_values, max_size=4
)
responses = st.builds(Response, statuses, headers, bodies)


def likely_responses(reader: str) -> st.SearchStrategy[Response]:
    """What could come from a server that means well and has a mistake."""
    return st.builds(answer, spoilt_bodies(reader), st.sampled_from([200, 200, 200, 400, 401, 500]))


OLD = Token(Secret("simkl_at_old"), Secret("simkl_rt_old"), NOW, "media:read media:write", CLIENT_ID)
problems = st.sampled_from(list(Problem))
seconds = st.one_of(st.floats(0.0, 20.0), st.sampled_from([0.0, 0.1, 1.0, 4.9, 5.0, 9.9, 30.0, 300.0, 900.0]))
