"""What is kept of a played round: in the store what came of it, on the tape what stands in for models and vendors."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

from arena.errors import StoreError, UsageError
from arena.market.market import SourcedHistory
from arena.records.chat import ModelChat
from arena.records.market import MarketSnapshot
from arena.records.replica import meant_by
from arena.records.standing import Consensus, Round
from arena.records.trading import Fill, LedgerEvent, Mark, Order, Rejection
from arena.rounds.shelf import Shelf
from arena.store import Store
from arena.tape import Reel
from arena.tape.exchange import ChatTape

Trade = Order | Fill | Rejection

_MANY = 10_000
"""More chats than one ticker has in one session."""


class StoredRound(NamedTuple):
    """A round as it is stored, with the books as it found them."""

    round: Round
    chats: tuple[ModelChat, ...]
    """Those that count, in order of ticker, then contestant."""
    consensus: tuple[Consensus, ...]
    trades: tuple[Trade, ...]
    events_before: tuple[LedgerEvent, ...]
    events: tuple[LedgerEvent, ...]
    """All of the season, the later ones too."""
    marks: tuple[Mark, ...]
    """Likewise."""
    traded_on: dict[str, frozenset[str]]
    """The tickers of the whole round that each contestant decided on, asked for or not."""


class Recorded(NamedTuple):
    """What stands in for models and vendors."""

    tapes: Mapping[str, ChatTape]
    """By chat id."""
    snapshots: tuple[MarketSnapshot, ...]
    prices: tuple[SourcedHistory, ...]


def stored_round(
    store: Store, season: str, session: date, tickers: Sequence[str], contestants: Sequence[str] | None
) -> StoredRound:
    """The part of a stored round that is asked for. Raises UsageError where it was not played."""
    played = store.round(season, session)
    if played is None:
        raise UsageError(f"the season {season} played no round at {session}; `arena chat list` shows what is stored")
    if unknown := sorted(set(tickers) - set(played.tickers)):
        raise UsageError(f"{', '.join(unknown)} was not played at {session}; the round had {', '.join(played.tickers)}")
    named = contestants or played.contestants
    wanted = tuple(sorted({one for name in named for one in meant_by(name, played.contestants)}))
    if strangers := sorted(name for name in named if not meant_by(name, played.contestants)):
        had = ", ".join(played.contestants)
        raise UsageError(f"{', '.join(strangers)} did not play at {session}; the round had {had}")
    part = played.model_copy(update={"tickers": tuple(sorted(set(tickers))), "contestants": wanted})
    events = store.events(season)
    orders = [e for e in events if isinstance(e, Order) and _of(part, e)]
    keys = {order.key for order in orders}
    decided: defaultdict[str, set[str]] = defaultdict(set)
    for chat in store.decided_chats(season, session):
        decided[chat.contestant].add(chat.ticker)
    return StoredRound(
        round=part,
        chats=tuple(_chat_that_counts(store, part, t, name) for t in part.tickers for name in wanted),
        consensus=tuple(vote for vote in store.consensus(season, session) if vote.ticker in part.tickers),
        trades=tuple(e for e in events if (isinstance(e, Fill | Rejection) and e.order_key in keys) or e in orders),
        events_before=_before(events, session),
        events=tuple(events),
        marks=tuple(store.marks(season)),
        traded_on={name: frozenset(found) for name, found in decided.items()},
    )


async def recorded(reel: Reel, shelf: Shelf, season: str, chats: Sequence[ModelChat]) -> Recorded:
    """What these chats of a season rested on. UsageError where one is not on the tape, on which baselines never are."""
    tapes = await tapes_of(reel, [chat for chat in chats if "baseline" not in chat.labels])
    originals = {chat.masked.original for chat in chats if chat.masked is not None}
    hashes = sorted({*(chat.snapshot_hash for chat in chats), *originals})
    return Recorded(
        tapes=tapes,
        snapshots=tuple([await shelf.snapshot(hashed) for hashed in hashes]),
        prices=await reel.read(lambda tape: tape.prices(season)) or (),
    )


async def tapes_of(reel: Reel, chats: Sequence[ModelChat]) -> dict[str, ChatTape]:
    """The chats' tapes by id. UsageError where one has none."""
    if rules := [chat.id for chat in chats if "baseline" in chat.labels]:
        raise UsageError(f"{', '.join(rules)} is of a baseline: a rule that asked no model, so no tape was made of it")
    found = await reel.read(lambda tape: [tape.chat(chat.id) for chat in chats]) or [None] * len(chats)
    missing = [chat.id for chat, tape in zip(chats, found, strict=True) if tape is None]
    if pruned := await reel.read(lambda tape: {one: day for one in missing if (day := tape.pruned(one))}):
        named = ", ".join(list(pruned)[:5]) + (", ..." if len(pruned) > 5 else "")
        raise UsageError(f"{named} cannot be replayed: pruned from the tape on {max(pruned.values())} by `arena prune`")
    if missing:
        raise UsageError(
            f"{', '.join(missing[:5])}{', ...' if missing[5:] else ''} cannot be replayed: not on the tape at "
            f"{reel.home}; it was played with --no-record, or the tape was left behind"
        )
    return {tape.chat_id: tape for tape in found if tape is not None}


def _of(round_: Round, order: Order) -> bool:
    here = order.session == round_.session
    return here and order.ticker in round_.tickers and order.contestant in round_.contestants


def _before(events: Sequence[LedgerEvent], session: date) -> tuple[LedgerEvent, ...]:
    """The ledger up to the round's first order; all up to its session where it made none."""
    kept: list[LedgerEvent] = []
    for event in events:
        if event.session > session or (isinstance(event, Order) and event.session == session):
            break
        kept.append(event)
    return tuple(kept)


def _chat_that_counts(store: Store, round_: Round, ticker: str, contestant: str) -> ModelChat:
    """The newest decision, else the newest word."""
    found = store.chat_rows(round_.season, round_.session, ticker, contestant, _MANY)
    rows = [row for row in found if row.contestant == contestant]
    if not rows:
        raise StoreError(f"{contestant} left no chat on {ticker} at {round_.session}; the round was broken off")
    return store.chat(next((row.id for row in rows if row.kind == "decision"), rows[0].id))
