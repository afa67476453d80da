"""Masked contestants: what their desks are shown in place of their briefs and of the round's facts."""

import asyncio
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from arena.config.model import ArenaConfig
from arena.masking import Mask, masked_brief, masked_research, masked_snapshot
from arena.records.desk import Brief, ResearchBrief
from arena.records.market import MarketSnapshot
from arena.records.masking import MaskedBrief
from arena.rounds.shelf import Shelf


class Masked(NamedTuple):
    """The masked briefs by ticker and contestant, and the twins of the snapshots they rest on."""

    briefs: Mapping[tuple[str, str], MaskedBrief]
    twins: Sequence[MarketSnapshot]


def masked_players(config: ArenaConfig) -> frozenset[str]:
    """The names of those who play masked."""
    return frozenset(player.name for player in config.with_desks if player.mask)


def masked(briefs: Sequence[Brief], snapshots: Mapping[str, MarketSnapshot], players: Collection[str]) -> Masked:
    """What the masked players among the briefs' are shown; `snapshots` are the briefs', by ticker.

    One mask for all of them, so that a ticker and a day are told alike at every desk.
    """
    mine = [brief for brief in briefs if brief.contestant in players]
    if not mine:
        return Masked({}, ())
    held = {position.ticker for brief in mine for position in brief.portfolio.positions}
    compared = {one.benchmark for brief in mine for one in brief.lessons if one.benchmark is not None}
    mask = Mask.of(mine[0].season, {*snapshots, *held, *compared})
    twins = {ticker: masked_snapshot(snapshots[ticker], mask) for ticker in sorted({brief.ticker for brief in mine})}
    shown = {
        (brief.ticker, brief.contestant): MaskedBrief(
            brief=masked_brief(brief, snapshots[brief.ticker], twins[brief.ticker], mask),
            mask=mask.masked_as(snapshots[brief.ticker]),
        )
        for brief in mine
    }
    return Masked(shown, tuple(twins.values()))


async def keep_masked_research(
    shelf: Shelf,
    briefs: Sequence[ResearchBrief],
    snapshot: MarketSnapshot,
    tickers: Iterable[str],
    players: Collection[str],
) -> Mapping[str, ResearchBrief]:
    """What the research of masked players is shown of one snapshot, by contestant; the twin is kept on the shelf.

    `tickers` are all those of the round, of which it has the mask.
    """
    mine = [brief for brief in briefs if brief.contestant in players]
    if not mine:
        return {}
    mask = Mask.of(mine[0].season, tickers)
    # As the briefs of the round: too long for the event loop.
    twin = await asyncio.to_thread(masked_snapshot, snapshot, mask)
    await shelf.keep(twin)
    return {brief.contestant: masked_research(brief, snapshot, twin, mask) for brief in mine}


async def keep_masked(
    shelf: Shelf, briefs: Sequence[Brief], snapshots: Mapping[str, MarketSnapshot], players: Collection[str]
) -> Mapping[tuple[str, str], MaskedBrief]:
    """The masked briefs by ticker and contestant; the twins they rest on are kept on the shelf."""
    # Texts by the hundred are rewritten, which is too long for the event loop.
    found = await asyncio.to_thread(masked, briefs, snapshots, players)
    await shelf.keep(*found.twins)
    return found.briefs
