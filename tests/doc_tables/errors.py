"""docs/errors.md: every message, what is behind it, and what happens then."""

from __future__ import annotations

from typing import Mapping

from simkl_connect.activity.reasons import Reason
from simkl_connect.auth.token_refresher import Notice
from simkl_connect.errors import Problem
from simkl_connect.kodi import texts
from simkl_connect.kodi.background.notifications import NOTICES, SCROBBLE_NOTICES
from simkl_connect.kodi.screens import page_texts
from simkl_connect.scrobbling.callbacks import Notice as ScrobbleNotice
from simkl_connect.sync.plan import Reason as LeftAlone

from .texts import english

INTRODUCTION = """\
# What can go wrong

Written by `make docs`: the sentences are the add-on's English ones. Kodi's log names the same ids, in lines that begin
with `[script.simkl.connect]`, with the cause in brackets behind them. No line holds a code or a token.

A sign-in that waits for the user goes on in all trouble that may pass: the code stays on the screen. Where no code is
there yet, the same trouble ends the sign-in with the same sentence, and *Try again*.
"""
WHERE = """\
The id is `reason` in the Home window's property `script.simkl.connect.activity`, JSON of the last video. What waits is
sent by itself, with the time at which it was watched."""
LEFT = "*Show all titles* in the sync's preview has these headings."
CAUSES: Mapping[Problem, str] = {
    Problem.CLIENT_ID_MISSING: "neither the add-on's settings nor the zip has one",
    Problem.CLIENT_ID_REFUSED: "neither flow takes the client ID, or it is taken back during a sign-in",
    Problem.API_URL_REFUSED: "`SIMKL_API_URL` is http, and not on this machine",
    Problem.OFFLINE: "no network, the name is not found, nobody answers there, or the connection breaks",
    Problem.TIMEOUT: "no connection within 7 seconds, 15 seconds without a byte, or no whole answer within 30 seconds",
    Problem.TLS: "the certificate is expired, not valid yet, for another name, or from an unknown issuer",
    Problem.PROXY: "Kodi's proxy does not answer or refuses, or `script.module.pysocks` is missing for a SOCKS proxy",
    Problem.CAPTIVE_PORTAL: "a page for people, a redirect or a status 511 in place of the answer",
    Problem.RATE_LIMITED: "too many requests with this client ID, or the user's day at Simkl is used up",
    Problem.SERVER_TROUBLE: "an error of the server, or a status that says nothing about the sign-in",
    Problem.BAD_ANSWER: "not JSON, a field that is missing or of the wrong kind, or more than 64 KiB",
    Problem.REFUSED: "Simkl says no, and this is its last word; its own sentence follows on the screen",
    Problem.READ_ONLY: "the granted scope has no `media:write`; the account is connected all the same",
    Problem.STORAGE: "the disk takes no token; it is known all the same, and saved as soon as there is room",
    Problem.INTERNAL: "a mistake in the add-on; the log says which",
    Problem.SERVICE_SILENT: "no answer from the add-on's service within 5 seconds",
    Problem.SERVICE_GONE: "the service has ended, and is not back within 3 seconds",
}
NOTICE_CAUSES: Mapping[Notice, str] = {
    Notice.ENDED: "the app was removed under Connected Apps, or the connection was not used for half a year",
    Notice.SIGNED_OUT: "Sign out",
    Notice.SIGNED_OUT_HERE: "Sign out while Simkl does not answer",
    Notice.SIGNED_OUT_PIN: "Sign out of a connection that the PIN flow has made",
    Notice.SETTINGS_LOST: "the add-on's database could not be used; it is set aside under another name",
    Notice.RECONNECT: "from March 2027 on, once a week, where the add-on has a new client ID",
}
SCROBBLE_NOTICE_CAUSES: Mapping[ScrobbleNotice, str] = {
    ScrobbleNotice.MARKED: "a video was watched, and Simkl has taken its mark; the settings can turn this one off",
    ScrobbleNotice.WAITING: "marks wait on the device, because Simkl can't be reached or asks for a pause",
    ScrobbleNotice.FAILED: "Simkl does not know a video, or refuses its mark; the activity page says which",
    ScrobbleNotice.READ_ONLY: "a video was watched, and the granted scope has no `media:write`",
}
REASONS: Mapping[Reason, str] = {
    Reason.SWITCHED_OFF: "scrobbling is off in the add-on's settings",
    Reason.NOT_SIGNED_IN: "nobody is signed in to Simkl",
    Reason.READ_ONLY: "Simkl gave read-only access",
    Reason.MUSIC: "music and music videos are not on Simkl",
    Reason.LIVE_TV: "live TV, and the setting for it is off",
    Reason.RECORDING: "a recording, and the setting for it is off",
    Reason.DISC: "a disc or disc image that is not in the library: its titles don't say what they are",
    Reason.EXCLUDED: "in a folder, or of a show or add-on, that the user has excluded",
    Reason.TRAILER: "a trailer, or excluded by the add-on that plays it",
    Reason.TOO_SHORT: "shorter than the setting allows",
    Reason.NO_LENGTH: "the length never became known, so nobody can say how much was watched",
    Reason.NAME_SAYS_TOO_LITTLE: "neither Kodi nor the file's name say which film or episode this is",
    Reason.UNKNOWN_SHOW: "Simkl doesn't know this show",
    Reason.UNKNOWN_EPISODE: "Simkl doesn't know this episode",
    Reason.UNKNOWN_MOVIE: "Simkl doesn't know this film",
    Reason.NAMESAKES: "several shows have this name, and nothing says which of them it is",
    Reason.SIGN_IN_ENDED: "Simkl has ended the sign-in; it is sent after the next one",
    Reason.OFFLINE: "Simkl can't be reached; it is sent later",
    Reason.RATE_LIMITED: "Simkl asks for a pause; it is sent later",
    Reason.SERVER_TROUBLE: "Simkl has trouble; it is sent later",
    Reason.CLIENT_ID_REFUSED: "Simkl does not accept the client ID now; it is sent later",
    Reason.REFUSED: "Simkl refused it",
    Reason.STORAGE: "it could not be saved on this device",
}
LEFT_CAUSES: Mapping[LeftAlone, str] = {
    LeftAlone.UNWATCHED_HERE: "both sides had the mark, and it was taken away in Kodi since",
    LeftAlone.REMOVED_ON_SIMKL: "both sides had the mark, and it was taken away on Simkl since",
    LeftAlone.NO_IDS: "the scraper has left no IMDb, TMDB, TVDB or other id that Simkl takes",
    LeftAlone.AMBIGUOUS: "its ids belong to more than one title on Simkl",
    LeftAlone.NO_NUMBER: "an episode without the number of its season or its own",
    LeftAlone.SPECIAL: "sites count specials differently; only a TVDB id says which one it is",
    LeftAlone.ANIME_NUMBERING: "Simkl has a title for each season, and nothing says which episode is which",
    LeftAlone.EPISODES_UNKNOWN: "Simkl's list says how many episodes were watched, not which",
    LeftAlone.NOT_FOUND: "Simkl knows none of its ids",
    LeftAlone.NOT_TAKEN: "Simkl has taken the mark without an error, but does not show it",
    LeftAlone.EXCLUDED: "in a folder, or of a show, that the user has excluded in the settings or on the activity page",
    LeftAlone.SHARED_FILE: "Kodi counts a file as a whole, so a mark would be on the other episode, too",
    LeftAlone.OTHER_KIND: "on the activity page, a film of the library was called an episode, or the other way round",
}


def page() -> str:
    """The whole of docs/errors.md."""
    lines = [INTRODUCTION, "## On the sign-in screen", "", "| id | the user reads | cause |", "|---|---|---|"]
    lines += [f"| `{p.value}` | {english(texts.PROBLEMS[p.value])} | {cause} |" for p, cause in CAUSES.items()]
    lines += ["", "## Ends that are no failures", "", "| the user reads | cause |", "|---|---|"]
    lines += [f"| {english(texts.PHASES['expired'])} | the code's time is over, or Simkl does not know it any more |"]
    lines += [f"| {english(texts.PHASES['denied'])} | Deny on the phone |"]
    lines += ["", "## Notifications", "", "| the user reads | cause |", "|---|---|"]
    lines += [f"| {english(NOTICES[notice])} | {cause} |" for notice, cause in NOTICE_CAUSES.items()]
    lines += [f"| {english(SCROBBLE_NOTICES[told])} | {cause} |" for told, cause in SCROBBLE_NOTICE_CAUSES.items()]
    lines += ["", "## Videos that are not on Simkl", "", WHERE, ""]
    lines += ["| id | the user reads on the activity page | meaning |", "|---|---|---|"]
    lines += [f"| `{r.value}` | {english(page_texts.REASONS[r])} | {meaning} |" for r, meaning in REASONS.items()]
    lines += ["", "## Titles that a sync leaves alone", "", LEFT, "", "| the user reads | cause |", "|---|---|"]
    lines += [f"| {english(texts.LEFT_ALONE[reason.value])} | {cause} |" for reason, cause in LEFT_CAUSES.items()]
    return "\n".join(lines) + "\n"
