"""Briefs: what each desk of a round is handed."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence

from arena.config.model import ArenaConfig
from arena.config.trading import TradingSettings
from arena.ledger import Book, open_book, portfolio_view, replay
from arena.market.market import BOOK_CURRENCY, Market
from arena.records.desk import Brief, Mandate
from arena.records.market import MarketSnapshot
from arena.records.standing import Round
from arena.records.trading import LedgerEvent, Mark
from arena.rounds.asked import Asked
from arena.rounds.facts import facts, market_name
from arena.rounds.masking import keep_masked, masked, masked_players
from arena.rounds.remembering import Remembered, remembered
from arena.rounds.shelf import Shelf
from arena.rounds.trading import books_at, marks_at
from arena.version import code_version


async def lone_brief(config: ArenaConfig, market: Market, shelf: Shelf, asked: Asked) -> Brief:
    """A brief for one contestant outside any round: its book as it stands, nothing stored but the snapshot.

    That of a masked contestant is masked.
    """
    snapshot = await facts(config, market, shelf, asked.tickers[0], asked.session)
    await shelf.keep(snapshot)
    name = asked.contestants[0].name
    facts_of = {snapshot.ticker: snapshot}
    round_ = round_of(config, asked, facts_of)
    stored = await shelf.read(
        lambda store: (
            store.events(config.season),
            store.marks(config.season),
            remembered(config, store, round_, facts_of),
        )
    )
    events, marks, lessons = stored or ((), (), {})
    if name not in books_at(events, asked.session):
        events = (*events, open_book(name, config.trading.start_cash, asked.session, config.trading.terms))
    brief = briefs_of(config, round_, events, [*marks, *last_closes([snapshot])], lessons)[0]
    shown = await keep_masked(shelf, [brief], facts_of, masked_players(config))
    return shown[brief.ticker, name].brief if shown else brief


async def unwritten_briefs(
    config: ArenaConfig, market: Market, shelf: Shelf, asked: Asked
) -> tuple[tuple[Brief, ...], Mapping[str, MarketSnapshot]]:
    """The briefs of all desks that have not decided yet, with their facts by hash; nothing is stored.

    Masked contestants' are masked.
    """
    found = await asyncio.gather(*(facts(config, market, shelf, ticker, asked.session) for ticker in asked.tickers))
    facts_of = {snapshot.ticker: snapshot for snapshot in found}
    round_ = round_of(config, asked, facts_of)
    stored = await shelf.read(
        lambda store: (
            store.events(config.season),
            store.marks(config.season),
            {(row.ticker, row.contestant) for row in store.decided_chats(config.season, asked.session)},
            remembered(config, store, round_, facts_of),
        )
    )
    events, marks, decided, lessons = stored or ((), (), set(), {})
    new = {contestant.name for contestant in asked.contestants} - replay(events).keys()
    trading = config.trading
    opened = [open_book(name, trading.start_cash, asked.session, trading.terms) for name in sorted(new)]
    briefs = briefs_of(config, round_, [*events, *opened], [*marks, *last_closes(found)], lessons)
    desks = {contestant.name for contestant in config.with_desks}
    waiting = tuple(b for b in briefs if (b.ticker, b.contestant) not in decided and b.contestant in desks)
    shown = await asyncio.to_thread(masked, waiting, facts_of, masked_players(config))
    handed = (shown.briefs[at].brief if (at := (b.ticker, b.contestant)) in shown.briefs else b for b in waiting)
    return tuple(handed), {snapshot.hash: snapshot for snapshot in (*found, *shown.twins)}


def round_of(config: ArenaConfig, asked: Asked, snapshots: Mapping[str, MarketSnapshot]) -> Round:
    """The round that is asked for, over these snapshots by ticker."""
    return Round(
        season=config.season,
        session=asked.session,
        as_of=asked.as_of,
        tickers=asked.tickers,
        contestants=tuple(contestant.name for contestant in asked.contestants),
        snapshots={ticker: snapshot.hash for ticker, snapshot in snapshots.items()},
        market=market_name(config.market),
        config_hash=config.hash,
        code_version=code_version(),
    )


def last_closes(snapshots: Iterable[MarketSnapshot]) -> list[Mark]:
    """Each snapshot's last close in the books' currency, at its own session."""
    return [
        Mark(
            ticker=s.ticker,
            session=s.prices.bars[-1].session,
            close=s.prices.bars[-1].close,
            source=s.prices.source or "",
        )
        for s in snapshots
        if s.prices.bars and s.prices.currency == BOOK_CURRENCY
    ]


def briefs_of(
    config: ArenaConfig, round_: Round, events: Sequence[LedgerEvent], marks: Sequence[Mark], lessons: Remembered
) -> tuple[Brief, ...]:
    """One brief a ticker and contestant; each sees its own book at the session's close, and its own past decisions."""
    books = books_at(events, round_.session)
    valued = marks_at(marks, round_.session)
    return tuple(
        Brief(
            season=round_.season,
            as_of=round_.as_of,
            session=round_.session,
            ticker=ticker,
            contestant=name,
            snapshot_hash=round_.snapshots[ticker],
            portfolio=portfolio_view(books[name], valued, round_.session),
            mandate=_mandate(config.trading, books[name]),
            lessons=lessons.get((ticker, name), ()),
        )
        for ticker in round_.tickers
        for name in round_.contestants
    )


def _mandate(trading: TradingSettings, book: Book) -> Mandate:
    return Mandate(
        fill=trading.fill,
        position_limit=trading.position_limit,
        slippage_bps=trading.slippage_bps,
        commission_bps=trading.commission_bps,
        terms=book.terms,
    )
