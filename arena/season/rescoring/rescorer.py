"""Re-pricing a stored season: what is kept is read, priced anew in memory, and shown or stored as another season."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from arena.config.model import ArenaConfig
from arena.errors import VendorError
from arena.market.market import Market, SourcedHistory
from arena.records.market import MarketSnapshot
from arena.records.rescoring import RescoredRow, RescoredSeason, Rescoring
from arena.records.standing import Standings
from arena.rounds.benchmark import benchmark_standing
from arena.rounds.facts import market_name, other_market
from arena.rounds.shelf import Shelf
from arena.season.rescoring.changes import changed_settings, differences, recorded_settings, texts_of
from arena.season.rescoring.keeping import keep, refuse_another
from arena.season.rescoring.kept import Recorded, pieced_together, refused
from arena.season.rescoring.reading import recorded_of
from arena.season.rescoring.repricing import Repriced, reprice
from arena.standings import standings
from arena.tape import Reel
from arena.tape.tape import Tape


class Rescorer:
    """Re-prices seasons of one home. Asks no model, and vendors only for tickers whose prices are not on the tape."""

    def __init__(self, config: ArenaConfig, shelf: Shelf, reel: Reel, market: Callable[[], Market]) -> None:
        """`market` is made when it is first needed."""
        self._config = config
        self._shelf = shelf
        self._reel = reel
        self._market = market

    async def rescore(self, into: str | None, changes: Mapping[str, Any]) -> RescoredSeason:
        """Apply the configured season's decisions to fresh books under the settings it was played under, but `changes`.

        Nothing of the season is changed. With `into` the new books are stored as a season of that name, whose orders
        name the season's chats; storing the same again changes nothing. Raises UsageError for a season that is not
        there, was imported or is itself rescored, for a setting that is none, and where `into` is another season.
        """
        season = self._config.season
        recorded = await self._shelf.look_up(lambda store: recorded_of(store, season))
        base, notes = recorded_settings(recorded.events, self._config.trading)
        settings = changed_settings(base, changes)
        snapshots = await self._snapshots(recorded)
        prices, unpriced = await self._prices(recorded, snapshots)
        no_book = refused(shown[-1] for shown in snapshots.values())
        # Calendars are built at their first use, and a long season takes a while: neither is for the event loop.
        new = await asyncio.to_thread(reprice, recorded, prices, settings, changes, no_book)
        changed = differences(base, settings)
        held = await self._shelf.look_up(lambda store: benchmark_standing(store, season, new.events))
        table = standings(into or season, new.events, new.marks, recorded.tallies).model_copy(
            update={"benchmark": held}
        )
        found = RescoredSeason(
            season=season,
            into=into,
            session=recorded.standings.session,
            settings=texts_of(settings),
            changed=changed,
            rows=_rows(recorded.standings, table),
            recorded=recorded.standings,
            standings=table,
            notes=(*notes, *unpriced, *_of_rules(base.terms != settings.terms), *_waiting(table), *new.notes),
        )
        if into is not None:
            found = found.model_copy(update={"standings": await self._keep(into, found, recorded, new, prices)})
        return found

    async def _snapshots(self, recorded: Recorded) -> dict[str, list[MarketSnapshot]]:
        """The snapshots of the rounds by ticker, in order of session."""
        found: defaultdict[str, list[MarketSnapshot]] = defaultdict(list)
        for round_ in recorded.rounds:
            for ticker, snapshot_hash in sorted(round_.snapshots.items()):
                found[ticker].append(await self._shelf.snapshot(snapshot_hash))
        return dict(found)

    async def _prices(
        self, recorded: Recorded, snapshots: Mapping[str, Sequence[MarketSnapshot]]
    ) -> tuple[dict[str, SourcedHistory], tuple[str, ...]]:
        """Prices by ticker, and a note for every ticker without any of its own."""
        taped = await self._taped(recorded.season)
        told: defaultdict[str, list[SourcedHistory]] = defaultdict(list)
        for one in taped:
            told[one.history.ticker].append(one)
        notes = []
        for ticker in recorded.tickers:
            if ticker not in told:
                asked = await self._asked(recorded, ticker)
                told[ticker] += [asked] if isinstance(asked, SourcedHistory) else []
                notes += [asked] if isinstance(asked, str) else []
        first = recorded.rounds[0].session
        return {
            ticker: SourcedHistory(
                source=told[ticker][0].source, history=pieced_together(told[ticker], snapshots[ticker], first)
            )
            for ticker in recorded.tickers
            if told[ticker]
        }, tuple(notes)

    async def _taped(self, season: str) -> Sequence[SourcedHistory]:
        return await self._reel.read(lambda tape: tape.prices(season)) or ()

    async def _asked(self, recorded: Recorded, ticker: str) -> SourcedHistory | str:
        """A ticker's prices from the vendors, where the season's market is the configured one."""
        market = recorded.rounds[-1].market
        if other_market(market, mine := market_name(self._config.market)):
            return f"{ticker} has no prices on the tape, and the season is played on {market}, not on {mine}"
        try:
            found = await self._market().history(ticker, recorded.rounds[0].session, recorded.through)
        except VendorError as error:
            return f"{ticker} has no prices on the tape, and none could be had, so its orders wait: {error}"
        return found or f"{ticker} has no prices on the tape, and no vendor knows any, so its orders wait"

    async def _keep(
        self,
        into: str,
        found: RescoredSeason,
        recorded: Recorded,
        new: Repriced,
        prices: Mapping[str, SourcedHistory],
    ) -> Standings:
        """Store the new books as a season, with the prices that an audit holds them against."""
        rescoring = Rescoring(season=into, origin=recorded.season, settings=found.settings, changed=found.changed)
        await self._shelf.look_up(lambda store: refuse_another(store, rescoring, new))
        beside = [one for one in await self._taped(recorded.season) if one.history.ticker not in prices]
        for history in (*prices.values(), *beside):
            await self._reel.write(partial(Tape.save_prices, season=into, history=history))
        return await self._shelf.write(lambda store: keep(store, rescoring, recorded, new))


def _rows(recorded: Standings, table: Standings) -> tuple[RescoredRow, ...]:
    before = {row.contestant: row for row in recorded.rows}
    return tuple(
        RescoredRow(
            contestant=row.contestant,
            recorded_rank=before[row.contestant].rank,
            rank=row.rank,
            moved=before[row.contestant].rank - row.rank,
            recorded_equity=before[row.contestant].equity,
            equity=row.equity,
            recorded_return_pct=before[row.contestant].return_pct,
            return_pct=row.return_pct,
            recorded_trades=before[row.contestant].trades,
            trades=row.trades,
        )
        for row in table.rows
        if row.contestant in before
    )


def _of_rules(other: bool) -> tuple[str, ...]:
    told = "the desks decided under other rules for short selling, parts of a share or interest than these books have"
    return (told,) if other else ()


def _waiting(table: Standings) -> tuple[str, ...]:
    pending = sum(row.pending_orders for row in table.rows)
    if not pending:
        return ()
    return (f"{pending} orders wait for a price that is not kept: the recorded season ends before it",)
