"""Playing a whole round again from the tape, into a folder that is thrown away, and comparing what came of it.

Everything but the models, the vendors and the clock of the desks is the real thing: the supervisor's graph, the
votes, the orders and the fills.

A round that was played in several goes is played in one, and so is a part of a round. Votes do not mind; orders do,
since those of one go share the cash and a later go finds less of it. Where that makes a difference, a contestant's
orders, fills and standing are not compared, and a note says so.
"""

import tempfile
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import TypeAdapter

from arena.config.model import ArenaConfig, BudgetSettings
from arena.errors import StoreError, UsageError
from arena.llm.pool import ModelPool
from arena.market.market import SourcedHistory
from arena.records.base import Record
from arena.records.chat import ModelChat
from arena.records.market import MarketSnapshot
from arena.records.progress import Progress
from arena.records.standing import Consensus, Round, Standings
from arena.records.trading import DividendPaid, Fill, LedgerEvent, Mark, Order, Rejection, SplitApplied
from arena.replay import ChatReplay, TapeDesk, compared, endings_of, on_hasty_loop, replay_chat
from arena.rounds.referee import Referee
from arena.rounds.shelf import Shelf
from arena.rounds.state import RoundInput
from arena.rounds.treasury import Treasury
from arena.standings import standings
from arena.store import Store
from arena.tape.comparing import Difference, consensus_differences, standing_differences, trade_differences
from arena.tape.exchange import ChatTape
from arena.tape.prices import TapeMarket
from graphs.supervisor import build_supervisor

Trade = Order | Fill | Rejection

_TRADES: TypeAdapter[list[Trade]] = TypeAdapter(list[Trade])
_MANY = 10_000
"""More chats than one ticker has in one session."""


class RoundReplay(Record):
    """What playing one round again came to."""

    season: str
    session: date
    chats: tuple[ChatReplay, ...]
    """In order of ticker, then contestant."""
    differences: tuple[Difference, ...] = ()
    """In the votes, in the orders and what became of them, and in where the contestants stand after the round."""
    notes: tuple[str, ...] = ()
    """What was not compared, and why."""

    @property
    def equal(self) -> bool:
        """Whether chats, consensus, orders, fills and standings are what is stored, as far as they were compared."""
        return not self.differences and all(chat.equal for chat in self.chats)


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
    wanted = tuple(sorted(set(contestants or played.contestants)))
    if strangers := sorted(set(wanted) - set(played.contestants)):
        had = ", ".join(played.contestants)
        raise UsageError(f"{', '.join(strangers)} did not play at {session}; the round had {had}")
    part = played.model_copy(update={"tickers": tuple(sorted(set(tickers))), "contestants": wanted})
    events = store.events(season)
    orders = [e for e in events if isinstance(e, Order) and _of(part, e)]
    keys = {order.key for order in orders}
    trades = tuple(e for e in events if (isinstance(e, Fill | Rejection) and e.order_key in keys) or e in orders)
    decided: defaultdict[str, set[str]] = defaultdict(set)
    for chat in store.decided_chats(season, session):
        decided[chat.contestant].add(chat.ticker)
    return StoredRound(
        round=part,
        chats=tuple(_chat_that_counts(store, part, t, name) for t in part.tickers for name in wanted),
        consensus=tuple(vote for vote in store.consensus(season, session) if vote.ticker in part.tickers),
        trades=trades,
        events_before=_before(events, session),
        events=tuple(events),
        marks=tuple(store.marks(season)),
        traded_on={name: frozenset(found) for name, found in decided.items()},
    )


async def replay_round(
    config: ArenaConfig,
    clock: Callable[[], datetime],
    stored: StoredRound,
    recorded: Recorded,
    on_chat: Callable[[ModelChat], None],
) -> RoundReplay:
    """Play the round again. `on_chat` hears of every desk that is through, in the replay's own thread."""
    unknown = set(stored.round.contestants) - {contestant.name for contestant in config.contestants}
    if unknown:
        raise UsageError(f"the configuration no longer has {', '.join(sorted(unknown))}; name others with --contestant")
    replayed = await on_hasty_loop(lambda: _play_again(config, clock, stored, recorded, on_chat))
    facts = {snapshot.hash: snapshot for snapshot in recorded.snapshots}
    # The round's desks have the time of the settings; one that was cut off had what its label says.
    chats = [
        again if again.equal else await replay_chat(chat, recorded.tapes[chat.id], facts[chat.snapshot_hash])
        for chat, again in zip(stored.chats, replayed.chats, strict=True)
    ]
    return replayed.model_copy(update={"chats": tuple(chats)})


async def _play_again(
    config: ArenaConfig,
    clock: Callable[[], datetime],
    stored: StoredRound,
    recorded: Recorded,
    on_chat: Callable[[ModelChat], None],
) -> RoundReplay:
    with tempfile.TemporaryDirectory(prefix="arena-replay-") as folder:
        settings = _scratch(config, stored.round.season, Path(folder))
        market = TapeMarket(config.market, clock, prices=recorded.prices, snapshots=recorded.snapshots)
        shelf = Shelf(settings.home)
        try:
            await shelf.write(lambda store: _lay_out(store, stored))
            treasury = Treasury(settings, shelf, {}, clock)
            referee = Referee(settings, market, _Unasked(settings, {}), shelf, treasury=treasury, clock=clock)
            hall = _Hall(on_chat)
            desk = TapeDesk(
                {(chat.ticker, chat.contestant): recorded.tapes[chat.id] for chat in stored.chats},
                {snapshot.hash: snapshot for snapshot in recorded.snapshots},
                endings_of(stored.chats),
            )
            names = {c.name: (c, desk) for c in config.contestants if c.name in stored.round.contestants}
            state = await build_supervisor(referee, names).ainvoke(_input(stored.round), _config(hall))
        finally:
            shelf.close()
    # The scratch settings are the replay's business: what is compared are those it was asked with.
    chats = [chat.model_copy(update={"config_hash": config.hash}) for chat in hall.chats]
    return _round_compared(stored, state, chats, desk, _not_comparable(stored, recorded.tapes))


def _scratch(config: ArenaConfig, season: str, home: Path) -> ArenaConfig:
    """The settings, but for the season and the folder; one desk at a time, since replays share one clock."""
    limits = config.limits.model_copy(update={"desks": 1, "round_seconds": None})
    return config.model_copy(
        update={"season": season, "home": home, "as_of": None, "limits": limits, "budget": BudgetSettings()}
    )


def _lay_out(store: Store, stored: StoredRound) -> None:
    with store.transaction():
        store.append_events(stored.round.season, stored.events_before)
        known = [mark for mark in stored.marks if mark.session <= stored.round.session]
        store.save_marks(stored.round.season, known)


def _input(round_: Round) -> RoundInput:
    return {
        "tickers": list(round_.tickers),
        "session": round_.session.isoformat(),
        "contestants": list(round_.contestants),
    }


def _config(hall: "_Hall") -> Any:
    return {"configurable": {"audience": hall}}


def _round_compared(
    stored: StoredRound,
    state: Mapping[str, Any],
    chats: Sequence[ModelChat],
    desk: TapeDesk,
    not_compared: Mapping[str, str],
) -> RoundReplay:
    """`not_compared` says of contestants why their orders cannot be."""
    replayed = {(chat.ticker, chat.contestant): chat for chat in chats}
    votes = [Consensus.model_validate(vote) for vote in state["consensus"]]
    trades = [
        [trade for trade in made if trade.contestant not in not_compared]
        for made in (stored.trades, _TRADES.validate_python(state["trades"]))
    ]
    names = set(stored.round.contestants) - not_compared.keys()
    table = Standings.model_validate(state["standings"])
    everybody = len(stored.consensus) == 0 or _voters(stored.consensus[0]) == len(stored.round.contestants)
    notes = [f"{name}'s orders, fills and standing are not compared: {why}" for name, why in not_compared.items()]
    if not everybody:
        notes.append("the votes are not compared: others voted too, who were not asked for")
    return RoundReplay(
        season=stored.round.season,
        session=stored.round.session,
        chats=tuple(
            compared(chat, replayed[chat.ticker, chat.contestant], desk.miss(chat.ticker, chat.contestant))
            for chat in stored.chats
        ),
        differences=(
            *(consensus_differences(stored.consensus, votes) if everybody else ()),
            *trade_differences(*trades),
            *standing_differences(_standings_at(stored, table.session), table, names),
        ),
        notes=tuple(notes),
    )


def _voters(vote: Consensus) -> int:
    return sum(vote.votes.values()) + len(vote.abstentions)


def _not_comparable(stored: StoredRound, tapes: Mapping[str, ChatTape]) -> dict[str, str]:
    """Contestants whose orders came of more, or of less, than is replayed at once, and why, in order of name."""
    found: dict[str, str] = {}
    for name in stored.round.contestants:
        briefs = [tapes[chat.id].label.brief for chat in stored.chats if chat.contestant == name]
        others = sorted(stored.traded_on.get(name, frozenset()) - set(stored.round.tickers))
        if others:
            found[name] = f"it decided on {', '.join(others)} too, which share its cash and were not asked for"
        elif len({brief.portfolio for brief in briefs}) > 1:
            found[name] = "it played this round in several goes, each with the cash the one before had left"
    return found


def _standings_at(stored: StoredRound, session: date | None) -> Standings:
    """Where everybody stood at the close of that session, had nobody traded after the round."""
    kept = {event.key for event in (*stored.events_before, *stored.trades)}
    day = session or stored.round.session
    # Dividends and splits come on their day, whatever is traded.
    by_themselves = (DividendPaid, SplitApplied)
    events = [e for e in stored.events if e.key in kept or (isinstance(e, by_themselves) and e.session <= day)]
    return standings(stored.round.season, events, [mark for mark in stored.marks if mark.session <= day], ())


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
    rows = store.chat_rows(round_.season, round_.session, ticker, contestant, _MANY)
    if not rows:
        raise StoreError(f"{contestant} left no chat on {ticker} at {round_.session}; the round was broken off")
    return store.chat(next((row.id for row in rows if row.kind == "decision"), rows[0].id))


class _Unasked(ModelPool):
    """Model clients that nobody asks: a replay needs no keys."""

    def check(self, contestants: Any) -> None:
        """Let everybody play."""


class _Hall:
    """Collects the replayed chats, and passes them on."""

    def __init__(self, on_chat: Callable[[ModelChat], None]) -> None:
        self._on_chat = on_chat
        self.chats: list[ModelChat] = []

    def progress(self, progress: Progress) -> None:
        """Let it pass."""

    def chat(self, chat: ModelChat) -> None:
        """Keep it."""
        self.chats.append(chat)
        self._on_chat(chat)
