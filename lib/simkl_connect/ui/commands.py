"""The commands that reach the service: the words that travel. Each comes with a request id."""

AUTHORIZE = "authorize"
CANCEL = "cancel"
SIGN_OUT = "signout"
WAKE = "wake"
"""From the service to itself: a thread of its own has finished something."""
COMMANDS = (AUTHORIZE, CANCEL, SIGN_OUT, WAKE)
