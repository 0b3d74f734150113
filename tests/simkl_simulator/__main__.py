"""The command line: ``python -m simkl_simulator serve`` and the hands of a person on a running server."""

from __future__ import annotations

import argparse
import json
import signal
import sys
import threading
from typing import Sequence
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import ProxyHandler, build_opener

from .messages import RequestRecord
from .simulator import Simulator

DEFAULT_CLIENT = ("simulated-client", "v1")
TIMEOUT = 10.0
"""Seconds that a running server has to answer a command."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit status is 0 if it worked."""
    options = _parser().parse_args(arguments)
    if options.command == "serve":
        return _serve(options)
    try:
        if options.command == "codes":
            _say(*_control(options.url, "codes"))
        else:
            _control(options.url, options.command, {"code": options.code})
    except HTTPError as error:
        error.close()
        decided = error.code == 404 and options.command != "codes"
        return _fail(f"{options.code}: no such code waits for a decision" if decided else f"{options.url}: {error}")
    except (OSError, ValueError) as error:  # nobody there, no address, or no simulator's answer
        return _fail(f"{options.url}: {error}")
    return 0


def _fail(reason: str) -> int:
    print(reason, file=sys.stderr)
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="simkl_simulator", description="A simulated Simkl for this machine.")
    commands = parser.add_subparsers(dest="command", required=True)
    serve = commands.add_parser("serve", help="run a server until Ctrl+C")
    serve.add_argument("--port", type=int, default=0, help="default: a free one")
    serve.add_argument("--client", type=_client, action="append", metavar="ID=v1|v2", help="may be repeated")
    serve.add_argument("--expires-in", type=float, default=900, metavar="S", help="seconds a code lives")
    serve.add_argument("--interval", type=float, default=5, metavar="S", help="seconds between polls")
    serve.add_argument("--name", default="Ada", help="name of the account")
    for name, text in (("approve", "say yes to a code"), ("deny", "say no to a code"), ("codes", "list open codes")):
        command = commands.add_parser(name, help=text)
        command.add_argument("url", metavar="URL", help="what 'serve' printed")
        if name != "codes":
            command.add_argument("code", metavar="CODE")
    return parser


def _client(text: str) -> tuple[str, str]:
    client_id, _, version = text.rpartition("=")
    if not client_id or version not in ("v1", "v2"):
        raise argparse.ArgumentTypeError(f"{text!r} is not ID=v1 or ID=v2")
    return client_id, version


def _serve(options: argparse.Namespace) -> int:
    clients: dict[str, str] = dict(options.client or [DEFAULT_CLIENT])
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    simulator = Simulator(
        clients,
        expires_in=options.expires_in,
        interval=options.interval,
        account_name=options.name,
        port=options.port,
        on_request=_tell,
    )
    with simulator:
        _say(
            simulator.url,
            f"A simulated Simkl for {', '.join(f'{name} ({kind})' for name, kind in clients.items())}.",
            f"Say yes or no to a code: {simulator.url}/pin",
            f"or: python -m simkl_simulator approve {simulator.url} CODE",
            "Ctrl+C stops it.",
        )
        stopped.wait()
    return 0


def _tell(record: RequestRecord) -> None:
    _say(f"{record.method} {record.path} {record.status} {record.outcome}")


def _say(*lines: str) -> None:
    for line in lines:
        print(line, flush=True)


def _control(url: str, command: str, form: dict[str, str] | None = None) -> list[str]:
    """Ask a running server, never by way of a proxy."""
    body = None if form is None else urlencode(form).encode()
    with build_opener(ProxyHandler({})).open(f"{url.rstrip('/')}/_simulator/{command}", body, TIMEOUT) as answer:
        return list(json.load(answer))


if __name__ == "__main__":
    sys.exit(main())
