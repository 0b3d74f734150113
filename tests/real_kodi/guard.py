"""Runs one program and takes it along when the test run dies: ``guard.py SIGNAL PROGRAM [ARGUMENT...]``.

Prints the program's process id, then waits until the program ends (and exits with its exit code; 128 + n for a
signal n) or until standard input is closed: then the program gets SIGNAL, and SIGKILL if it is still there 3 seconds
later. A test run that is killed closes that pipe too, which no ``finally`` can promise. Standard library only; imports
nothing of this package, since it runs on its own.
"""

import os
import select
import signal
import subprocess
import sys

PATIENCE = 3.0
"""Seconds between SIGNAL and SIGKILL."""


def main() -> int:
    """Start, watch, clean up."""
    with subprocess.Popen(sys.argv[2:], stdin=subprocess.DEVNULL, stdout=sys.stderr) as program:
        print(program.pid, flush=True)
        ended = os.pidfd_open(program.pid)
        standard_input = sys.stdin.fileno()
        readable, _, _ = select.select([ended, standard_input], [], [])
        if ended not in readable:
            program.send_signal(signal.Signals[sys.argv[1]])
            if not select.select([ended], [], [], PATIENCE)[0]:
                program.kill()
        code = program.wait()
    return code if code >= 0 else 128 - code


if __name__ == "__main__":
    sys.exit(main())
