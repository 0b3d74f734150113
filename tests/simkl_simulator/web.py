"""The page where a person types the code and says yes or no, standing in for simkl.com/pin."""

from __future__ import annotations

from html import escape

from .messages import Request, Response
from .state import State, UnknownCode

HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'",
    "Cache-Control": "no-store",
}

PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Connect a device - simulated Simkl</title>
<style>
:root {{ color-scheme: light dark; --page: #eef1f6; --card: #fff; --ink: #16202e; --soft: #5d6b7e; --line: #c9d2de;
  --main: #0b66d8; --good: #14783c; --bad: #b3261e; }}
@media (prefers-color-scheme: dark) {{ :root {{ --page: #0e141c; --card: #18212d; --ink: #eef3fa; --soft: #9fb0c5;
  --line: #37465a; --main: #2f80ed; --good: #62d08d; --bad: #ff8a80; }} }}
* {{ box-sizing: border-box; }}
body {{ margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 20px; background: var(--page);
  color: var(--ink); font: 18px/1.5 system-ui, sans-serif; }}
main {{ width: 100%; max-width: 440px; padding: 32px 28px; background: var(--card); border-radius: 18px;
  box-shadow: 0 8px 32px rgb(0 0 0 / .14); }}
h1 {{ margin: 0 0 4px; font-size: 1.6rem; line-height: 1.2; }}
p {{ margin: 0 0 20px; }}
.soft, small {{ color: var(--soft); }}
.good {{ color: var(--good); font-weight: 600; }}
.bad {{ color: var(--bad); font-weight: 600; }}
label {{ display: block; margin-bottom: 6px; font-weight: 600; }}
input {{ width: 100%; padding: 14px 8px; border: 2px solid var(--line); border-radius: 12px; background: transparent;
  color: inherit; font: 600 1.7rem/1.2 ui-monospace, monospace; letter-spacing: .14em; text-align: center;
  text-transform: uppercase; }}
.buttons {{ display: flex; gap: 12px; margin: 16px 0 24px; }}
button {{ flex: 1; padding: 14px; border: 2px solid var(--main); border-radius: 12px; background: var(--main);
  color: #fff; font: 600 1.1rem system-ui, sans-serif; cursor: pointer; }}
button.no {{ flex: .6; border-color: var(--line); background: transparent; color: var(--ink); }}
:focus-visible {{ outline: 3px solid var(--main); outline-offset: 2px; }}
</style>
</head>
<body>
<main>
<h1>Connect a device</h1>
{message}
<form method="post" action="/pin">
<label for="code">Code on your screen</label>
<input id="code" name="code" value="{code}" maxlength="12" required {focus}
 autocomplete="off" autocapitalize="characters" autocorrect="off" spellcheck="false">
<div class="buttons">
<button name="decision" value="allow">Allow</button>
<button class="no" name="decision" value="deny">Deny</button>
</div>
</form>
<small>A simulated Simkl, signed in as {account}. Nothing here reaches simkl.com.</small>
</main>
</body>
</html>
"""


def show(state: State, request: Request, code: str = "") -> Response:
    """The empty page, or with the code of the address filled in."""
    code = code or request.query.get("user_code", "")
    return _page(state, 200, "page", _invitation(state, code), code)


def decide(state: State, request: Request) -> Response:
    """A pressed button: ``code`` and ``decision`` ("allow" or "deny") of the form."""
    form = request.form() or {}
    code, decision = form.get("code", ""), form.get("decision", "")
    if decision not in ("allow", "deny"):
        return _page(state, 400, "invalid_form", _line("bad", "Please press Allow or Deny."), code)
    try:
        client_id = state.code_to_decide(code).client_id
    except UnknownCode:
        text = f"There is no code {code or '(empty)'} to decide about. It may have expired or been used."
        return _page(state, 404, "unknown_code", _line("bad", text), code)
    if decision == "allow":
        state.allow(code)
        return _page(state, 200, "allowed", _line("good", f"Allowed. {client_id} is connected in a moment."))
    state.deny(code)
    return _page(state, 200, "denied", _line("bad", f"Denied. {client_id} gets no access."))


def _invitation(state: State, code: str) -> str:
    try:
        client_id = state.code_to_decide(code).client_id
    except UnknownCode:
        return _line("soft", "Type the code that your TV or device shows.")
    return _line("soft", f"{client_id} asks for access to the account of {state.account.name}.")


def _line(css_class: str, text: str) -> str:
    return f'<p class="{css_class}" role="status">{escape(text)}</p>'


def _page(state: State, status: int, outcome: str, message: str, code: str = "") -> Response:
    focus = "" if code else "autofocus"
    page = PAGE.format(message=message, code=escape(code), focus=focus, account=escape(state.account.name))
    return Response(status, page.encode(), HEADERS, outcome)
