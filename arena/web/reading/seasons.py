"""The seasons there are, and what every page about one of them says at its top."""

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from arena.errors import UsageError
from arena.records.chat import Label
from arena.records.season import SeasonSummary
from arena.season.looking import summaries
from arena.store import Store
from arena.web.reader import Reader


class SeasonHead(NamedTuple):
    """A season as its pages show it."""

    name: str
    labels: Mapping[str, tuple[Label, ...]]
    """Every label its chats bear, by contestant."""
    contestants: tuple[str, ...]
    """In order of name; their place gives each its colour."""
    last: date | None
    """The session of the last round."""

    def place(self, contestant: str) -> int:
        """The contestant's place in the order of names, from 0."""
        return self.contestants.index(contestant) if contestant in self.contestants else len(self.contestants)

    @property
    def labelled(self) -> dict[Label, tuple[str, ...]]:
        """Who bears each label."""
        borne: dict[Label, tuple[str, ...]] = {}
        for contestant, labels in sorted(self.labels.items()):
            for label in labels:
                borne[label] = (*borne.get(label, ()), contestant)
        return borne


def seasons(reader: Reader) -> tuple[SeasonSummary, ...]:
    """All seasons, the one with the newest chat first."""

    def read(store: Store) -> tuple[SeasonSummary, ...]:
        order = {name: place for place, name in enumerate(store.seasons_by_newest_chat())}
        return tuple(sorted(summaries(store), key=lambda one: order.get(one.season, len(order))))

    return reader.kept("seasons", read)


def head(reader: Reader, season: str) -> SeasonHead:
    """What the pages of a season say at their top. UsageError for a season that nothing is stored of."""
    known = {one.season for one in seasons(reader)}
    if season not in known:
        raise UsageError(f"no season {season} is stored; those that are: {', '.join(sorted(known)) or 'none'}")
    return reader.kept(("head", season), lambda store: _head(store, season), ("chats", "events", "rounds"))


def _head(store: Store, season: str) -> SeasonHead:
    sessions, cast, origin = store.played_sessions(season), store.cast(season), store.season_of_chats(season)
    if origin != season:
        # Nobody decided on these books: what their decisions bear, they bear too.
        cast = {name: (*(labels or ()), "rescored") for name, labels in store.cast(origin).items() if name in cast}
    return SeasonHead(
        name=season,
        labels={name: labels for name, labels in cast.items() if labels is not None},
        contestants=tuple(cast),
        last=sessions[-1] if sessions else None,
    )
