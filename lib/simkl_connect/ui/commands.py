"""What the screen can ask of the service: the words that travel. Each comes with a request id."""

AUTHORIZE = "authorize"
CANCEL = "cancel"
SIGN_OUT = "signout"
COMMANDS = (AUTHORIZE, CANCEL, SIGN_OUT)
