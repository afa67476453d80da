"""Playing a whole round again from the tape, into a folder that is thrown away, and comparing what came of it.

Everything but the models, the vendors and the clock of the desks is the real thing: the supervisor's graph, the
votes, the orders and the fills.

A round that was played in several goes is played in one, and so is a part of a round. Votes do not mind; orders do,
since those of one go share the cash and a later go finds less of it. Where that makes a difference, a contestant's
orders, fills and standing are not compared, and a note says so.
"""

import tempfile
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from arena.config.contestants import Contestant
from arena.config.model import ArenaConfig
from arena.config.running import BudgetSettings, MemorySettings
from arena.config.sinks import NotifySettings
from arena.errors import UsageError
from arena.records.base import Record
from arena.records.chat import ModelChat
from arena.records.standing import Consensus, Standings
from arena.records.trading import BorrowFee, DividendPaid, Fill, InterestPaid, MarginCall, SplitApplied
from arena.replay.chat import ChatReplay, compared, endings_of, replay_chat
from arena.replay.desk import TapeDesk, on_hasty_loop
from arena.replay.recorded import Recorded, StoredRound, Trade
from arena.rounds.playing import Listener, last_state
from arena.rounds.referee import Referee
from arena.rounds.shelf import Shelf
from arena.rounds.treasury import Treasury
from arena.rounds.turn import OpenFloor
from arena.rounds.votes import Electorate
from arena.standings import standings
from arena.store import Store
from arena.tape.comparing import Difference, consensus_differences, standing_differences, trade_differences
from arena.tape.exchange import ChatTape
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
    """In the votes, in the orders and what became of them, and in where the contestants stand after the round."""
    notes: tuple[str, ...] = ()
    """What was not compared, and why."""

    @property
    def equal(self) -> bool:
        """Whether chats, consensus, orders, fills and standings are what is stored, as far as they were compared."""
        return not self.differences and all(chat.equal for chat in self.chats)


async def replay_round(
    config: ArenaConfig,
    clock: Callable[[], datetime],
    stored: StoredRound,
    recorded: Recorded,
    on_chat: Callable[[ModelChat], None] | None,
) -> RoundReplay:
    """Play the round again. `on_chat` hears of every desk that is through, in the replay's own thread."""
    unknown = set(stored.round.contestants) - {player.name for player in config.players}
    if unknown:
        raise UsageError(f"the configuration no longer has {', '.join(sorted(unknown))}; name others with --contestant")
    replayed = await on_hasty_loop(lambda: _play_again(config, clock, stored, recorded, on_chat))
    facts = {snapshot.hash: snapshot for snapshot in recorded.snapshots}
    # The round's desks have the time of the settings; one that was cut off had what its label says.
    chats = [
        again
        if again.equal or chat.id not in recorded.tapes
        else await replay_chat(chat, recorded.tapes[chat.id], facts[chat.snapshot_hash])
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
            await shelf.write(lambda store: _lay_out(store, stored, recorded))
            treasury = Treasury(settings, shelf, {}, clock)
            referee = Referee(settings, market, shelf, ready=_at_once, treasury=treasury, clock=clock)
            hall = Listener(on_chat=on_chat)
            desk = TapeDesk(
                {(c.ticker, c.contestant): recorded.tapes[c.id] for c in stored.chats if c.id in recorded.tapes},
                {snapshot.hash: snapshot for snapshot in recorded.snapshots},
                endings_of(stored.chats),
            )
            names = {c.name: (c, desk) for c in config.with_desks if c.name in stored.round.contestants}
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
    electorate = Electorate(config)
    not_compared = {**_not_comparable(stored, recorded.tapes), **_without_their_votes(stored, electorate)}
    return _round_compared(stored, state, chats, desk, not_compared=not_compared, electorate=electorate)


def _scratch(config: ArenaConfig, season: str, home: Path) -> ArenaConfig:
    """The settings, but for the season and the folder; one desk at a time, since replays share one clock.

    What desks remember is laid out as it was recorded, so that memory is on whatever the settings say now.
    """
    limits = config.limits.model_copy(update={"desks": 1, "round_seconds": None})
    return config.model_copy(
        update={
            "season": season,
            "home": home,
            "as_of": None,
            "limits": limits,
            "budget": BudgetSettings(),
            "memory": MemorySettings(),
            # What was said of the round was said when it was played.
            "notify": NotifySettings(),
            "supabase": None,
        }
    )


def _lay_out(store: Store, stored: StoredRound, recorded: Recorded) -> None:
    briefs = [tape.label.brief for tape in recorded.tapes.values()]
    with store.transaction():
        store.append_events(stored.round.season, stored.events_before)
        lessons = {(brief.ticker, brief.contestant): brief.lessons for brief in briefs}
        store.save_lessons(stored.round.season, stored.round.session, lessons)
        known = [mark for mark in stored.marks if mark.session <= stored.round.session]
        store.save_marks(stored.round.season, known)


def _round_compared(
    stored: StoredRound,
    state: Mapping[str, Any],
    chats: Sequence[ModelChat],
    desk: TapeDesk,
    *,
    not_compared: Mapping[str, str],
    electorate: Electorate,
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
    everybody = _everybody(stored, electorate)
    notes = [f"{name}'s orders, fills and standing are not compared: {why}" for name, why in not_compared.items()]
    if not everybody:
        notes.append("the votes are not compared: others voted too, who were not asked for")
    return RoundReplay(
        season=stored.round.season,
        session=stored.round.session,
        chats=tuple(
            ChatReplay(chat_id=chat.id, replayed=chat, notes=(f"not compared: {not_compared[chat.contestant]}",))
            if "baseline" in chat.labels and chat.contestant in not_compared
            else compared(chat, replayed[chat.ticker, chat.contestant], desk.miss(chat.ticker, chat.contestant))
            for chat in stored.chats
        ),
        differences=(
            *(consensus_differences(stored.consensus, votes) if everybody else ()),
            *trade_differences(*trades),
            *standing_differences(_standings_at(stored, table.session), table, names),
        ),
        notes=tuple(notes),
    )


def _everybody(stored: StoredRound, electorate: Electorate) -> bool:
    """Whether all who voted are replayed."""
    asked = {chat.contestant for chat in stored.chats if electorate.has_vote(chat.contestant, chat.labels)}
    return len(stored.consensus) == 0 or _voters(stored.consensus[0]) == len(asked)


def _without_their_votes(stored: StoredRound, electorate: Electorate) -> dict[str, str]:
    """Baselines, which may go by the votes of contestants that were not asked for."""
    if _everybody(stored, electorate):
        return {}
    names = sorted({chat.contestant for chat in stored.chats if "baseline" in chat.labels})
    return dict.fromkeys(names, "a baseline may go by the votes, and others voted too, who were not asked for")


def _voters(vote: Consensus) -> int:
    return sum(vote.votes.values()) + len(vote.abstentions)


def _not_comparable(stored: StoredRound, tapes: Mapping[str, ChatTape]) -> dict[str, str]:
    """Contestants whose orders came of more, or of less, than is replayed at once, and why, in order of name."""
    found: dict[str, str] = {}
    for name in stored.round.contestants:
        briefs = [tapes[c.id].label.brief for c in stored.chats if c.contestant == name and c.id in tapes]
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
    # What markets and days do to a book comes on its day whatever is traded, and so does what margin forces.
    by_themselves = (DividendPaid, SplitApplied, InterestPaid, BorrowFee, MarginCall)
    calls = {event.key for event in stored.events if isinstance(event, MarginCall)}
    forced = {e.key for e in stored.events if isinstance(e, Fill) and e.order_key in calls}
    events = [
        e
        for e in stored.events
        if e.key in kept or ((isinstance(e, by_themselves) or e.key in forced) and e.session <= day)
    ]
    return standings(stored.round.season, events, [mark for mark in stored.marks if mark.session <= day], ())


async def _at_once(contestants: Sequence[Contestant]) -> None:
    """A replay asks no model: nothing need be ready."""
