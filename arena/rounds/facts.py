"""The facts of a round: kept ones where there are any, and which markets may share a season."""

from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from arena.config.contestants import Contestant, EndpointContestant
from arena.config.market import MarketSettings
from arena.config.model import ArenaConfig
from arena.records.base import content_hash
from arena.records.market import MarketSnapshot
from arena.rounds.shelf import Shelf
from arena.store import Store
from arena.version import code_version
from prompts.loader import prompts_hash

if TYPE_CHECKING:
    from arena.market.market import Market  # brings pandas, which whoever only looks a season up can do without


async def facts(config: ArenaConfig, market: "Market", shelf: Shelf, ticker: str, session: date) -> MarketSnapshot:
    """The snapshot that was saved for this ticker and session, else a new one.

    One in which an outage left a hole is made anew, and so is every one in a market that is asked anew, unless
    somebody in the season has decided on it, or done research for its round: all contestants of a round see the same
    facts.
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
    return snapshot if saved.in_use or (is_whole(snapshot) and not market.anew) else None


def is_whole(snapshot: MarketSnapshot) -> bool:
    """Whether no outage left a hole in it."""
    return all(section.status != "error" for section in snapshot.sections().values())


class _Saved(NamedTuple):
    hash: str
    in_use: bool
    """Whether somebody in the season has decided on it, or done research on it."""


def _saved(store: Store, config: ArenaConfig, ticker: str, session: date) -> _Saved | None:
    round_ = store.round(config.season, session)
    if round_ is not None and ticker in round_.snapshots and store.has_decided(config.season, session, ticker):
        return _Saved(round_.snapshots[ticker], in_use=True)
    if researched := _researched_on(store, config, ticker, session):
        return _Saved(researched, in_use=True)
    found = store.find_snapshot(ticker, session, market_key(config))
    return _Saved(found, in_use=False) if found else None


def _researched_on(store: Store, config: ArenaConfig, ticker: str, session: date) -> str | None:
    """The snapshot of research that is ready and still of use."""
    contestants = {player.name: player for player in config.players}
    for ready in store.ready_research(config.season, session):
        contestant = contestants.get(ready.contestant)
        if ready.ticker == ticker and contestant is not None and ready.basis == basis_of(config, contestant):
            return ready.snapshot_hash
    return None


_NO_FACTS = {"timeout", "require", "cache", "breaker_failures", "breaker_seconds"}
"""Settings of the market that change no fact."""


def market_key(config: ArenaConfig) -> str:
    """What a saved snapshot depends on beside ticker and session: the settings of the market."""
    return content_hash(config.market.model_dump(mode="json", exclude=_NO_FACTS | config.market.unhashed))


_SAYS_NOTHING = {"enabled", "replicas", "knowledge_cutoff", "concurrency"}
"""Settings of a contestant that change no answer of its model."""


def basis_of(config: ArenaConfig, contestant: Contestant) -> str:
    """The content hash of what a contestant's research rests on beside its snapshot.

    Settings of its model, of the desk and of the market, and the versions of prompts and code: a ModelChat tells one
    of each, so both its halves must be of the same.
    """
    endpoint = config.endpoints[contestant.endpoint] if isinstance(contestant, EndpointContestant) else None
    return content_hash(
        {
            "contestant": contestant.model_dump(mode="json", exclude=_SAYS_NOTHING),
            "endpoint": endpoint.model_dump(mode="json", include={"base_url", "headers"}) if endpoint else None,
            "desk": config.desk.model_dump(mode="json", exclude={"risk"}),
            "market": market_key(config),
            "prompts": prompts_hash(),
            "code": code_version(),
        }
    )


def market_name(settings: MarketSettings) -> str:
    """Where facts come from, for people and to tell one market from another."""
    if "simulated" in settings.vendors:
        return f"the simulated market of seed {settings.simulated.seed}"
    return f"real prices ({', '.join(settings.vendors)})"


def other_market(one: str, other: str) -> bool:
    """Whether books may not be kept across these two markets; real prices are real whoever tells them."""
    return one != other and ("simulated" in one or "simulated" in other)
