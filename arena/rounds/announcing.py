"""The end of a round: its leaderboard is kept, and what is said of it is queued, both or neither.

Nothing is sent here. Whoever waits in the outbox is brought to people by the courier, beside everything else.
"""

import asyncio
from collections.abc import Callable, Mapping
from datetime import date, datetime

from pydantic import TypeAdapter

from arena.config.model import ArenaConfig
from arena.market import calendar
from arena.market.listings import listing_of
from arena.records.chat import Label
from arena.records.news import DeskNews, RoundBefore, RoundNews
from arena.records.outcome import Outcome
from arena.records.standing import Consensus, Round, Standings
from arena.records.trading import Fill, Order, Rejection
from arena.rounds.shelf import Shelf
from arena.rounds.state import RoundState
from arena.sinks.announcing import announcements
from arena.sinks.names import message_sinks
from arena.store import Store

_OUTCOME: TypeAdapter[Outcome] = TypeAdapter(Outcome)
_TRADES: TypeAdapter[tuple[Order | Fill | Rejection, ...]] = TypeAdapter(tuple[Order | Fill | Rejection, ...])


async def announce(config: ArenaConfig, shelf: Shelf, state: RoundState, clock: Callable[[], datetime]) -> None:
    """Keep the round's leaderboard and queue its messages. A round that is played again comes to the same messages.

    Its leaderboard is kept anew only where somebody decided who had not before: later closes are not its own.
    """
    round_ = Round.model_validate(state["round"])
    table = Standings.model_validate(state["standings"])
    said = bool(message_sinks(config.notify)) and await _is_wanted(config, round_, clock)
    played = bool(state["briefs"] or state["followers"])

    def keep_and_queue(store: Store) -> None:
        with store.transaction():
            messages = announcements(config.notify, round_news(store, state)) if said else ()
            if played or store.standings_after(round_.season, round_.session) is None:
                store.save_standings(round_.session, table)
            for parts in messages:
                # Whole or not at all: what is told of the leaderboard may have become longer meanwhile.
                if not store.is_queued(parts[0].key):
                    store.queue(parts)

    await shelf.write(keep_and_queue)


async def _is_wanted(config: ArenaConfig, round_: Round, clock: Callable[[], datetime]) -> bool:
    if config.notify.rounds == "all":
        return True
    exchange = listing_of(round_.tickers[0]).calendar
    # Calendars are built at their first use, which is too long for the event loop.
    return round_.session >= await asyncio.to_thread(calendar.last_completed_session, clock(), exchange)


def round_news(store: Store, state: RoundState) -> RoundNews:
    """What there is to tell of a round whose leaderboard is still to be kept."""
    round_ = Round.model_validate(state["round"])
    trades = _TRADES.validate_python(state["trades"])
    last = store.last_standings(round_.season, round_.session)
    since = () if last is None else store.events_since(round_.season, last.seq)
    ended = {event.key: event for event in (*since, *trades) if isinstance(event, Fill | Rejection)}
    return RoundNews(
        round=round_,
        desks=_desks(state, {ending.id: ending.labels for ending in store.endings(round_.season, round_.session)}),
        consensus=tuple(Consensus.model_validate(vote) for vote in state["consensus"]),
        orders=tuple(event for event in trades if isinstance(event, Order)),
        fills=tuple(event for event in ended.values() if isinstance(event, Fill)),
        rejections=tuple(event for event in ended.values() if isinstance(event, Rejection)),
        standings=Standings.model_validate(state["standings"]),
        before=None if last is None else _before(store, round_, last.session, last.table),
        notes=tuple(state.get("notes", ())),
    )


def _desks(state: RoundState, labels: Mapping[str, tuple[Label, ...]]) -> tuple[DeskNews, ...]:
    """Every desk of the round; `labels` are by the id of its chat."""
    found = []
    for key, desk in sorted(state["outcomes"].items()):
        ticker, _, contestant = key.partition("/")
        chat_id = desk["chat_id"]
        outcome = _OUTCOME.validate_python(desk["outcome"])
        borne = labels[chat_id]
        found.append(DeskNews(ticker=ticker, contestant=contestant, chat_id=chat_id, outcome=outcome, labels=borne))
    return tuple(found)


def _before(store: Store, round_: Round, session: date, table: Standings) -> RoundBefore:
    # They come oldest first, and the newest word counts.
    said = {f"{one.ticker}/{one.contestant}": one.said for one in store.endings(round_.season, session)}
    return RoundBefore(session=session, said=said, consensus=store.consensus(round_.season, session), standings=table)
