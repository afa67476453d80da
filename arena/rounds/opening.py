"""Opening a round: who plays, on what facts, with which book.

Everything that can be wrong with what was asked is found before the first write.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple

from arena.config.model import ArenaConfig, Contestant, MarketSettings
from arena.errors import DateError, UsageError
from arena.ledger import open_book, portfolio_view, replay
from arena.market import calendar
from arena.market.market import Market
from arena.market.tickers import check_ticker
from arena.records.base import content_hash
from arena.records.desk import Brief, Mandate
from arena.records.market import MarketSnapshot
from arena.records.standing import Round
from arena.records.trading import LedgerEvent, Mark
from arena.rounds.shelf import Shelf
from arena.rounds.trading import books_at, bring_up_to_date, marks_at
from arena.rounds.turn import Turn
from arena.store import Store
from arena.version import code_version


class Opening(NamedTuple):
    """A round about to be played."""

    round: Round
    briefs: tuple[Brief, ...]
    """One a ticker and contestant, in that order."""
    snapshots: Mapping[str, MarketSnapshot]
    notes: tuple[str, ...]


class Asked(NamedTuple):
    """What was asked for, checked."""

    tickers: tuple[str, ...]
    session: date
    contestants: tuple[Contestant, ...]


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
    wanted = session or config.as_of
    day = calendar.check_session(wanted, now) if wanted else calendar.last_completed_session(now)
    return Asked(checked, day, _chosen(config, contestants))


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
    await _refuse_what_the_season_forbids(config, shelf, asked)
    # Asked for first, so that a ticker nobody knows is refused before anything is written, the lock included.
    first = await asyncio.gather(*(facts(config, market, shelf, t, asked.session) for t in asked.tickers))
    await turn.begin()
    await _refuse_what_the_season_forbids(config, shelf, asked)
    # Whoever had the turn before may have kept other facts of the same tickers; theirs are the round's.
    snapshots = {
        new.ticker: await _kept_facts(config, market, shelf, new.ticker, asked.session) or new for new in first
    }
    for snapshot in snapshots.values():
        await shelf.keep(snapshot)
    notes = await bring_up_to_date(config, market, shelf, asked.session)
    round_ = _round(config, asked, snapshots)
    closes = _marks(snapshots.values())

    def prepare(store: Store) -> tuple[Brief, ...]:
        with store.transaction():
            store.save_round(_merged(round_, store.round(config.season, asked.session)))
            for ticker, snapshot in snapshots.items():
                store.index_snapshot(snapshot.hash, ticker, asked.session, market_key(config))
            known = {book.contestant for book in replay(store.events(config.season)).values()}
            new = [c.name for c in asked.contestants if c.name not in known]
            store.append_events(
                config.season, [open_book(name, config.trading.start_cash, asked.session) for name in new]
            )
            store.save_marks(config.season, closes)
            return _briefs(config, round_, store.events(config.season), store.marks(config.season))

    return Opening(round_, await shelf.write(prepare), snapshots, notes)


async def _refuse_what_the_season_forbids(config: ArenaConfig, shelf: Shelf, asked: Asked) -> None:
    """Raise DateError behind the season's last round, UsageError on another market than the season's."""
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


def market_name(settings: MarketSettings) -> str:
    """Where facts come from, for people and to tell one market from another."""
    if "simulated" in settings.vendors:
        return f"the simulated market of seed {settings.simulated.seed}"
    return f"real prices ({', '.join(settings.vendors)})"


def other_market(one: str, other: str) -> bool:
    """Whether books may not be kept across these two markets; real prices are real whoever tells them."""
    return one != other and ("simulated" in one or "simulated" in other)


async def lone_brief(config: ArenaConfig, market: Market, shelf: Shelf, asked: Asked) -> Brief:
    """A brief for one contestant outside any round: its book as it stands, nothing stored but the snapshot."""
    snapshot = await facts(config, market, shelf, asked.tickers[0], asked.session)
    await shelf.keep(snapshot)
    name = asked.contestants[0].name
    stored = await shelf.read(lambda store: (store.events(config.season), store.marks(config.season)))
    events, marks = stored or ((), ())
    if name not in books_at(events, asked.session):
        events = (*events, open_book(name, config.trading.start_cash, asked.session))
    round_ = _round(config, asked, {snapshot.ticker: snapshot})
    return _briefs(config, round_, events, [*marks, *_marks([snapshot])])[0]


async def unwritten_briefs(
    config: ArenaConfig, market: Market, shelf: Shelf, asked: Asked
) -> tuple[tuple[Brief, ...], Mapping[str, MarketSnapshot]]:
    """The briefs of all desks that have not decided yet, with their facts by hash; nothing is stored."""
    found = await asyncio.gather(*(facts(config, market, shelf, ticker, asked.session) for ticker in asked.tickers))
    stored = await shelf.read(
        lambda store: (
            store.events(config.season),
            store.marks(config.season),
            {(row.ticker, row.contestant) for row in store.decided_chats(config.season, asked.session)},
        )
    )
    events, marks, decided = stored or ((), (), set())
    new = {contestant.name for contestant in asked.contestants} - replay(events).keys()
    opened = [open_book(name, config.trading.start_cash, asked.session) for name in sorted(new)]
    round_ = _round(config, asked, {snapshot.ticker: snapshot for snapshot in found})
    briefs = _briefs(config, round_, [*events, *opened], [*marks, *_marks(found)])
    waiting = tuple(brief for brief in briefs if (brief.ticker, brief.contestant) not in decided)
    return waiting, {snapshot.hash: snapshot for snapshot in found}


async def facts(config: ArenaConfig, market: Market, shelf: Shelf, ticker: str, session: date) -> MarketSnapshot:
    """The snapshot that was saved for this ticker and session, else a new one.

    One in which an outage left a hole is made anew, and so is every one in a market that is asked anew, unless
    somebody in the season has decided on it: all contestants of a round see the same facts.
    """
    return await _kept_facts(config, market, shelf, ticker, session) or await market.snapshot(ticker, session)


async def _kept_facts(
    config: ArenaConfig, market: Market, shelf: Shelf, ticker: str, session: date
) -> MarketSnapshot | None:
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


def _chosen(config: ArenaConfig, names: Sequence[str] | None) -> tuple[Contestant, ...]:
    if not names:
        return config.enabled
    known = {contestant.name: contestant for contestant in config.contestants}
    if unknown := sorted(set(names) - known.keys()):
        raise UsageError(f"no contestant {', '.join(unknown)}; the configuration has {', '.join(sorted(known))}")
    return tuple(known[name] for name in sorted(set(names)))


def _round(config: ArenaConfig, asked: Asked, snapshots: Mapping[str, MarketSnapshot]) -> Round:
    return Round(
        season=config.season,
        session=asked.session,
        as_of=calendar.close_of(asked.session),
        tickers=asked.tickers,
        contestants=tuple(contestant.name for contestant in asked.contestants),
        snapshots={ticker: snapshot.hash for ticker, snapshot in snapshots.items()},
        market=market_name(config.market),
        config_hash=config.hash,
        code_version=code_version(),
    )


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


def _marks(snapshots: Iterable[MarketSnapshot]) -> list[Mark]:
    """Each snapshot's last close, at its own session."""
    return [
        Mark(
            ticker=s.ticker,
            session=s.prices.bars[-1].session,
            close=s.prices.bars[-1].close,
            source=s.prices.source or "",
        )
        for s in snapshots
        if s.prices.bars
    ]


def _briefs(
    config: ArenaConfig, round_: Round, events: Sequence[LedgerEvent], marks: Sequence[Mark]
) -> tuple[Brief, ...]:
    """One brief a ticker and contestant; each sees its own book as it stood at the session's close."""
    books = books_at(events, round_.session)
    valued = marks_at(marks, round_.session)
    mandate = Mandate(
        fill=config.trading.fill,
        position_limit=config.trading.position_limit,
        slippage_bps=config.trading.slippage_bps,
        commission_bps=config.trading.commission_bps,
    )
    return tuple(
        Brief(
            season=round_.season,
            as_of=round_.as_of,
            session=round_.session,
            ticker=ticker,
            contestant=name,
            snapshot_hash=round_.snapshots[ticker],
            portfolio=portfolio_view(books[name], valued),
            mandate=mandate,
        )
        for ticker in round_.tickers
        for name in round_.contestants
    )
