"""Mistakes of ours, put into words that can be shown to anybody."""

from __future__ import annotations


def describe_exception(error: BaseException) -> str:
    """Kind and place of an error, innermost last; its text is left out, because it may quote what it tripped over."""
    places, trace = [], error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        places.append(f"{code.co_name}:{trace.tb_lineno}")
        trace = trace.tb_next
    return f"{type(error).__name__} at {' > '.join(places)}"
