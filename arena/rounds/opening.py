"""Opening a round: who plays, on what facts, with which book.

Everything that can be wrong with what was asked is found before the first write.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple

from arena.config.contestants import Contestant
from arena.config.model import ArenaConfig
from arena.errors import DateError, UsageError
from arena.ledger import Book, open_book, replay
from arena.market import calendar
from arena.market.listings import listing_of
from arena.market.market import Market
from arena.market.tickers import check_ticker
from arena.records.desk import Brief
from arena.records.market import MarketSnapshot
from arena.records.replica import meant_by
from arena.records.standing import Round
from arena.rounds.asked import Asked
from arena.rounds.briefs import briefs_of, last_closes, round_of
from arena.rounds.facts import facts, kept_facts, market_key, market_name, other_market
from arena.rounds.remembering import remember
from arena.rounds.shelf import Shelf
from arena.rounds.trading import bring_up_to_date
from arena.rounds.turn import Turn
from arena.store import Store


class Opening(NamedTuple):
    """A round about to be played."""

    round: Round
    briefs: tuple[Brief, ...]
    """One a ticker and contestant, in that order."""
    snapshots: Mapping[str, MarketSnapshot]
    notes: tuple[str, ...]


def check(
    config: ArenaConfig,
    tickers: Sequence[str],
    session: date | None,
    contestants: Sequence[str] | None,
    now: datetime,
) -> Asked:
    """Check what a round was asked for. Raises UsageError, TickerError or DateError."""
    if isinstance(tickers, str):
        raise UsageError(f"tickers are a list: write [{tickers!r}]")
    if session is not None and not isinstance(session, date):
        raise DateError(f"{session!r} is not a date; pass a datetime.date, such as date(2025, 10, 14)")
    if not tickers:
        raise UsageError("name at least one ticker, such as NVDA")
    checked = tuple(sorted({check_ticker(ticker) for ticker in tickers}))
    exchange = _common_calendar(checked)
    wanted = session or config.as_of
    day = calendar.check_session(wanted, now, exchange) if wanted else calendar.last_completed_session(now, exchange)
    return Asked(checked, day, calendar.close_of(day, exchange), _chosen(config, contestants))


def _common_calendar(tickers: Sequence[str]) -> str:
    """The calendar all tickers trade on. UsageError where they do not share one: a round has one `as_of`."""
    calendars = {ticker: listing_of(ticker) for ticker in tickers}
    first = calendars[tickers[0]]
    for ticker, listing in calendars.items():
        if listing.calendar != first.calendar:
            raise UsageError(
                f"{tickers[0]} trades in {first.place} and {ticker} in {listing.place}: a round has one closing "
                "time, so play them in two rounds"
            )
    return first.calendar


def day_of(text: str | None) -> date | None:
    """The day a text names as YYYY-MM-DD; None for none. Raises DateError."""
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise DateError(f"{text!r} is not a day; write it as YYYY-MM-DD") from None


async def open_round(config: ArenaConfig, market: Market, shelf: Shelf, asked: Asked, turn: Turn) -> Opening:
    """Gather the facts, wait for the turn, bring the books up to the session, and write the briefs."""
    await refuse_what_the_season_forbids(config, shelf, asked)
    # Asked for first, so that a ticker nobody knows is refused before anything is written, the lock included.
    first = await asyncio.gather(*(facts(config, market, shelf, t, asked.session) for t in asked.tickers))
    await turn.begin()
    await refuse_what_the_season_forbids(config, shelf, asked)
    # Whoever had the turn before may have kept other facts of the same tickers; theirs are the round's.
    others = await asyncio.gather(*(kept_facts(config, market, shelf, t, asked.session) for t in asked.tickers))
    snapshots = {new.ticker: other or new for new, other in zip(first, others, strict=True)}
    await shelf.keep(*snapshots.values())
    notes = await bring_up_to_date(config, market, shelf, asked.session)
    round_ = round_of(config, asked, snapshots)
    closes = last_closes(snapshots.values())

    def prepare(store: Store) -> tuple[tuple[Brief, ...], tuple[str, ...]]:
        with store.transaction():
            store.save_round(_merged(round_, store.round(config.season, asked.session)))
            for ticker, snapshot in snapshots.items():
                store.index_snapshot(snapshot.hash, ticker, asked.session, market_key(config))
            known, trading = replay(store.events(config.season)), config.trading
            new = [c.name for c in asked.contestants if c.name not in known]
            store.append_events(
                config.season, [open_book(name, trading.start_cash, asked.session, trading.terms) for name in new]
            )
            store.save_marks(config.season, closes)
            lessons = remember(config, store, round_, snapshots)
            briefs = briefs_of(config, round_, store.events(config.season), store.marks(config.season), lessons)
            return briefs, _other_terms(config, known.values())

    briefs, kept = await shelf.write(prepare)
    return Opening(round_, briefs, snapshots, (*notes, *kept))


def _other_terms(config: ArenaConfig, books: Iterable[Book]) -> tuple[str, ...]:
    """A word on books that were opened under other terms than the settings': those hold to the season's end."""
    other = sorted(book.contestant for book in books if book.terms != config.trading.terms)
    if not other:
        return ()
    return (
        f"the books of {', '.join(other)} were opened under other settings for fractional shares, short selling or "
        "interest, and are kept as they were opened (another --season starts fresh)",
    )


async def refuse_what_the_season_forbids(config: ArenaConfig, shelf: Shelf, asked: Asked) -> None:
    """Raise DateError behind the season's last round, UsageError on another market, or in a rescored season."""
    await refuse_rescored(config.season, shelf)
    for played in await shelf.read(lambda store: store.rounds(config.season)) or ():
        if played.session > asked.session:
            raise DateError(
                f"the season {config.season} has already played {played.session}; a round on {asked.session} would "
                f"change its past: name another season with --season"
            )
        if other_market(played.market, market_name(config.market)):
            raise UsageError(
                f"the season {config.season} is played on {played.market}, and this configuration asks "
                f"{market_name(config.market)}: name another season with --season"
            )


async def refuse_rescored(season: str, shelf: Shelf) -> None:
    """Raise UsageError where a season is another one's decisions under other settings: nothing is played in it."""
    rescoring = await shelf.read(lambda store: store.rescoring(season))
    if rescoring is not None:
        raise UsageError(
            f"the season {season} holds the decisions of {rescoring.origin} under other settings, and nothing is "
            "played or settled in it: name another season with --season"
        )


def _chosen(config: ArenaConfig, names: Sequence[str] | None) -> tuple[Contestant, ...]:
    if not names:
        return config.enabled
    known = {player.name: player for player in config.players}
    meant = {name: meant_by(name, known) for name in names}
    if unknown := sorted(name for name, found in meant.items() if not found):
        raise UsageError(f"no contestant {', '.join(unknown)}; the configuration has {', '.join(sorted(known))}")
    return tuple(known[name] for name in sorted({name for found in meant.values() for name in found}))


def _merged(new: Round, old: Round | None) -> Round:
    """The stored round: what was played at this session in one go or in several."""
    if old is None:
        return new
    return new.model_copy(
        update={
            "tickers": tuple(sorted({*old.tickers, *new.tickers})),
            "contestants": tuple(sorted({*old.contestants, *new.contestants})),
            "snapshots": {**old.snapshots, **new.snapshots},
        }
    )
