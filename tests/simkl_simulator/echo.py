"""How Simkl's answers write titles and episodes. Ids are text, but for Simkl's own."""

from __future__ import annotations

from .bodies import Json
from .catalogue import Episode, Title

SITE_KINDS = {"movie": "movies", "show": "tv", "anime": "anime"}
"""A kind's name in addresses."""


def title_block(title: Title) -> Json:
    """Name, year and every id."""
    return {"title": title.title, "year": title.year, "ids": {"simkl": title.simkl, "slug": title.slug, **title.ids}}


def episode_block(episode: Episode) -> Json:
    """Season and number, in anime also TVDB's."""
    block: Json = {"season": episode.season, "number": episode.number}
    if episode.tvdb_season is not None:
        block.update(tvdb_season=episode.tvdb_season, tvdb_number=episode.tvdb_number)
    return block
