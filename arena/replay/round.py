"""Playing a whole round again from the tape, into a folder that is thrown away, and comparing what came of it.

Everything but the models, the vendors and the clock of the desks is the real thing: the supervisor's graph, the
votes, the orders and the fills. A round that was played in several goes is played in one.
"""

import tempfile
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from arena.config.model import ArenaConfig, BudgetSettings
from arena.errors import UsageError
from arena.llm.pool import ModelPool
from arena.records.base import Record
from arena.records.chat import ModelChat
from arena.records.standing import Consensus
from arena.replay.chat import ChatReplay, compared, replay_chat
from arena.replay.desk import TapeDesk, on_hasty_loop
from arena.replay.recorded import Recorded, StoredRound, Trade
from arena.rounds.playing import Listener, last_state
from arena.rounds.referee import Referee
from arena.rounds.shelf import Shelf
from arena.rounds.treasury import Treasury
from arena.rounds.turn import OpenFloor
from arena.store import Store
from arena.tape.comparing import Difference, consensus_differences, trade_differences
from arena.tape.prices import TapeMarket
from graphs.supervisor import build_supervisor

_TRADES: TypeAdapter[list[Trade]] = TypeAdapter(list[Trade])


class RoundReplay(Record):
    """What playing one round again came to."""

    season: str
    session: date
    chats: tuple[ChatReplay, ...]
    """In order of ticker, then contestant."""
    differences: tuple[Difference, ...] = ()
    """In the votes, in the orders, and in what became of them."""

    @property
    def equal(self) -> bool:
        """Whether chats, consensus, orders and fills are what is stored."""
        return not self.differences and all(chat.equal for chat in self.chats)


async def replay_round(
    config: ArenaConfig,
    clock: Callable[[], datetime],
    stored: StoredRound,
    recorded: Recorded,
    on_chat: Callable[[ModelChat], None] | None,
) -> RoundReplay:
    """Play the round again. `on_chat` hears of every desk that is through, in the replay's own thread."""
    unknown = set(stored.round.contestants) - {contestant.name for contestant in config.contestants}
    if unknown:
        raise UsageError(f"the configuration no longer has {', '.join(sorted(unknown))}; name others with --contestant")
    replayed = await on_hasty_loop(lambda: _play_again(config, clock, stored, recorded, on_chat))
    facts = {snapshot.hash: snapshot for snapshot in recorded.snapshots}
    # A desk by itself has a second try at what was a matter of an instant.
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
    on_chat: Callable[[ModelChat], None] | None,
) -> RoundReplay:
    with tempfile.TemporaryDirectory(prefix="arena-replay-") as folder:
        settings = _scratch(config, stored.round.season, Path(folder))
        market = TapeMarket(config.market, clock, prices=recorded.prices, snapshots=recorded.snapshots)
        shelf = Shelf(settings.home)
        try:
            await shelf.write(lambda store: _lay_out(store, stored))
            treasury = Treasury(settings, shelf, {}, clock)
            referee = Referee(settings, market, _Unasked(settings, {}), shelf, treasury=treasury, clock=clock)
            hall = Listener(on_chat=on_chat)
            desk = TapeDesk(
                {(chat.ticker, chat.contestant): recorded.tapes[chat.id] for chat in stored.chats},
                {snapshot.hash: snapshot for snapshot in recorded.snapshots},
            )
            names = {c.name: (c, desk) for c in config.contestants if c.name in stored.round.contestants}
            state = await last_state(
                build_supervisor(referee, names),
                hall,
                OpenFloor(),
                tickers=stored.round.tickers,
                session=stored.round.session,
                contestants=stored.round.contestants,
            )
        finally:
            shelf.close()
    # The scratch settings are the replay's business: what is compared are those it was asked with.
    chats = [chat.model_copy(update={"config_hash": config.hash}) for chat in hall.chats.values()]
    return _round_compared(stored, state, chats, desk)


def _scratch(config: ArenaConfig, season: str, home: Path) -> ArenaConfig:
    """The settings, but for the season and the folder; one desk at a time, since replays share one clock."""
    limits = config.limits.model_copy(update={"desks": 1, "round_seconds": None})
    return config.model_copy(
        update={"season": season, "home": home, "as_of": None, "limits": limits, "budget": BudgetSettings()}
    )


def _lay_out(store: Store, stored: StoredRound) -> None:
    with store.transaction():
        store.append_events(stored.round.season, stored.events_before)
        store.save_marks(stored.round.season, stored.marks)


def _round_compared(
    stored: StoredRound, state: Mapping[str, Any], chats: Sequence[ModelChat], desk: TapeDesk
) -> RoundReplay:
    replayed = {(chat.ticker, chat.contestant): chat for chat in chats}
    votes = [Consensus.model_validate(vote) for vote in state["consensus"]]
    return RoundReplay(
        season=stored.round.season,
        session=stored.round.session,
        chats=tuple(
            compared(chat, replayed[chat.ticker, chat.contestant], desk.miss(chat.ticker, chat.contestant))
            for chat in stored.chats
        ),
        differences=(
            *consensus_differences(stored.consensus, votes),
            *trade_differences(stored.trades, _TRADES.validate_python(state["trades"])),
        ),
    )


class _Unasked(ModelPool):
    """Model clients that nobody asks: a replay needs no keys."""

    def check(self, contestants: Any) -> None:
        """Let everybody play."""
