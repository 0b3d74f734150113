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
