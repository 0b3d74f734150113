"""Which titles of Kodi's library and of Simkl's lists are the same: by ids, else by title and year if without doubt."""

from __future__ import annotations

from typing import Iterable, NamedTuple, Sequence, Tuple

from .titles import SHOW, Entry, Title

_PATH_A = ("tvdb", "tmdb", "imdb")
"""The ids that go with TVDB's seasons; the first that is known names a title (Simkl's anime guide)."""
_Name = Tuple[str, str, int]


class Match(NamedTuple):
    """One film or show: its copies in the library and what Simkl has of it (an anime may be several titles there).

    ``ids``: what it is sent with; empty if there are none that Simkl could know. ``is_ambiguous``: its ids disagree.
    ``apart``: copies that the user has named as an anime, whose numbers are not those of the others and of the lists.
    """

    titles: list[Title]
    entries: list[Entry]
    ids: dict[str, str]
    is_ambiguous: bool
    apart: Sequence[Title] = ()

    @property
    def key(self) -> str:
        """A name for it that lasts as long as its ids do."""
        name = next((name for name in (*_PATH_A, "simkl") if name in self.ids), "")
        return f"{self.titles[0].kind}:{name}:{self.ids.get(name, '')}"


def match(titles: Sequence[Title], entries: Sequence[Entry]) -> list[Match]:
    """All that is in the library, each title in exactly one match. Entries that the library lacks are left out."""
    sets = _Sets(len(titles) + len(entries))
    first: dict[str, int] = {}
    everything: list[Title | Entry] = [*titles, *entries]
    for index, one in enumerate(everything):
        for token in _tokens(one):
            sets.join(index, first.setdefault(token, index))
    _join_by_name(titles, entries, sets)
    found: dict[int, Match] = {}
    for index, title in enumerate(titles):
        found.setdefault(sets.root(index), Match([], [], {}, False)).titles.append(title)
    for index, entry in enumerate(entries, len(titles)):
        if sets.root(index) in found:
            found[sets.root(index)].entries.append(entry)
    return [_judged(one) for one in found.values()]


def _tokens(one: Title | Entry) -> list[str]:
    """What it shares with whatever is the same. Simkl numbers the anime films among the shows."""
    if not one.ids and isinstance(one, Title):
        return [f"{one.kind} {_name(one)}"] if one.title and one.year else []
    tokens = [f"{one.kind} {name} {value}" for name, value in one.ids.items()]
    if isinstance(one, Entry):
        tokens.append(f"{SHOW if one.is_anime else one.kind} simkl {one.simkl}")
    return tokens


def _name(one: Title | Entry) -> _Name:
    return one.kind, " ".join(one.title.casefold().split()), one.year or 0


def _join_by_name(titles: Sequence[Title], entries: Sequence[Entry], sets: _Sets) -> None:
    """Join what has the same title and year if on each side there is one such, and no kind of id that both have."""
    taken = {sets.root(index) for index in range(len(titles), len(titles) + len(entries))}
    here = _by_name(titles, 0, sets)
    there = _by_name(entries, len(titles), sets)
    in_library = {sets.root(index) for index in range(len(titles))}
    for name, roots in here.items():
        others = there.get(name, {})
        if len(roots) == 1 and len(others) == 1:
            (root, ids), (other, other_ids) = *roots.items(), *others.items()
            if root not in taken and other not in in_library and not ids & other_ids:
                sets.join(root, other)


def _by_name(all_of: Iterable[Title | Entry], start: int, sets: _Sets) -> dict[_Name, dict[int, set[str]]]:
    named: dict[_Name, dict[int, set[str]]] = {}
    for index, one in enumerate(all_of, start):
        if one.title and one.year:
            ids = named.setdefault(_name(one), {}).setdefault(sets.root(index), set())
            ids.update(one.ids, ["simkl"] if isinstance(one, Entry) else ())
    return named


def _judged(found: Match) -> Match:
    """With the ids to send, and whether they can be believed."""
    apart = [title for title in found.titles if "simkl" in title.ids]
    if apart and any(entry.is_anime for entry in found.entries):
        rest = found._replace(titles=[title for title in found.titles if "simkl" not in title.ids])
        return (_judged(rest) if rest.titles else rest)._replace(apart=apart)
    ids: dict[str, str] = {}
    is_ambiguous = False
    for title in found.titles:
        is_ambiguous |= any(ids.get(name, value) != value for name, value in title.ids.items())
        ids.update(title.ids)
    if len(ids) > 1:
        ids.pop("simkl", None)  # beside it, the others would go for nothing
    series = [entry for entry in found.entries if not entry.is_anime]
    is_ambiguous |= bool(series) and len(found.entries) > 1
    is_ambiguous |= found.titles[0].kind == "movie" and len(found.entries) > 1
    if not ids and found.entries:
        entry = found.entries[0]
        ids = {name: entry.ids[name] for name in _PATH_A if name in entry.ids}
        if not ids and not entry.is_anime:  # with a Simkl id an anime's episodes would be counted by its own numbers
            ids = {"simkl": str(entry.simkl)}
    return found._replace(ids=ids, is_ambiguous=is_ambiguous)


class _Sets:
    """Disjoint sets of the numbers below ``size``."""

    def __init__(self, size: int) -> None:
        self._parents = list(range(size))

    def root(self, index: int) -> int:
        """The same number for all members of a set."""
        parents = self._parents
        while parents[index] != index:
            parents[index] = parents[parents[index]]
            index = parents[index]
        return index

    def join(self, one: int, other: int) -> None:
        """Make one set of two."""
        self._parents[self.root(one)] = self.root(other)
