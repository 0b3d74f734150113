"""Why a video is not on Simkl, by the id that the activity property, the status page and the docs use."""

from __future__ import annotations

from enum import Enum


class Status(str, Enum):
    """What became of a video. The value is the activity property's ``status``."""

    WATCHING = "watching"
    PAUSED = "paused"
    WATCHED = "watched"
    WAITING = "waiting"
    SKIPPED = "skipped"
    FAILED = "failed"


class Reason(str, Enum):
    """Why a video was skipped, waits or failed. The value is the activity property's ``reason``."""

    SWITCHED_OFF = "switched_off"
    NOT_SIGNED_IN = "not_signed_in"
    READ_ONLY = "read_only"
    MUSIC = "music"
    LIVE_TV = "live_tv"
    RECORDING = "recording"
    DISC = "disc"
    EXCLUDED = "excluded"
    TRAILER = "trailer"
    TOO_SHORT = "too_short"
    NO_LENGTH = "no_length"
    NAME_SAYS_TOO_LITTLE = "name_says_too_little"
    UNKNOWN_SHOW = "unknown_show"
    UNKNOWN_EPISODE = "unknown_episode"
    UNKNOWN_MOVIE = "unknown_movie"
    NAMESAKES = "namesakes"
    SIGN_IN_ENDED = "sign_in_ended"
    OFFLINE = "offline"
    RATE_LIMITED = "rate_limited"
    SERVER_TROUBLE = "server_trouble"
    CLIENT_ID_REFUSED = "client_id_refused"
    REFUSED = "refused"
    STORAGE = "storage"


MEANINGS: dict[Reason, str] = {
    Reason.SWITCHED_OFF: "scrobbling is off in the add-on's settings",
    Reason.NOT_SIGNED_IN: "nobody is signed in to Simkl",
    Reason.READ_ONLY: "Simkl gave read-only access",
    Reason.MUSIC: "music and music videos are not on Simkl",
    Reason.LIVE_TV: "live TV, and the setting for it is off",
    Reason.RECORDING: "a recording, and the setting for it is off",
    Reason.DISC: "a disc or disc image that is not in the library: its titles don't say what they are",
    Reason.EXCLUDED: "in a folder that is excluded in the settings, or of a show or add-on that is never wanted",
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
"""One sentence each, for the docs."""
