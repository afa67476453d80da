"""The facts of a round: kept ones where there are any, and which markets may share a season."""

from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from arena.config.model import ArenaConfig, MarketSettings
from arena.records.base import content_hash
from arena.records.market import MarketSnapshot
from arena.rounds.shelf import Shelf
from arena.store import Store

if TYPE_CHECKING:
    from arena.market.market import Market  # brings pandas, which whoever only looks a season up can do without


async def facts(config: ArenaConfig, market: "Market", shelf: Shelf, ticker: str, session: date) -> MarketSnapshot:
    """The snapshot that was saved for this ticker and session, else a new one.

    One in which an outage left a hole is made anew, and so is every one in a market that is asked anew, unless
    somebody in the season has decided on it: all contestants of a round see the same facts.
    """
    return await kept_facts(config, market, shelf, ticker, session) or await market.snapshot(ticker, session)


async def kept_facts(
    config: ArenaConfig, market: "Market", shelf: Shelf, ticker: str, session: date
) -> MarketSnapshot | None:
    """The snapshot that was saved for this ticker and session, where it may be used again."""
    saved = await shelf.read(lambda store: _saved(store, config, ticker, session))
    if saved is None:
        return None
    snapshot = await shelf.snapshot(saved.hash)
    whole = all(section.status != "error" for section in snapshot.sections().values())
    return snapshot if saved.decided_on or (whole and not market.anew) else None


class _Saved(NamedTuple):
    hash: str
    decided_on: bool


def _saved(store: Store, config: ArenaConfig, ticker: str, session: date) -> _Saved | None:
    round_ = store.round(config.season, session)
    if round_ is not None and ticker in round_.snapshots and store.has_decided(config.season, session, ticker):
        return _Saved(round_.snapshots[ticker], decided_on=True)
    found = store.find_snapshot(ticker, session, market_key(config))
    return _Saved(found, decided_on=False) if found else None


_NO_FACTS = {"timeout", "require", "cache", "breaker_failures", "breaker_seconds"}
"""Settings of the market that change no fact."""


def market_key(config: ArenaConfig) -> str:
    """What a saved snapshot depends on beside ticker and session: the settings of the market."""
    return content_hash(config.market.model_dump(mode="json", exclude=_NO_FACTS))


def market_name(settings: MarketSettings) -> str:
    """Where facts come from, for people and to tell one market from another."""
    if "simulated" in settings.vendors:
        return f"the simulated market of seed {settings.simulated.seed}"
    return f"real prices ({', '.join(settings.vendors)})"


def other_market(one: str, other: str) -> bool:
    """Whether books may not be kept across these two markets; real prices are real whoever tells them."""
    return one != other and ("simulated" in one or "simulated" in other)
