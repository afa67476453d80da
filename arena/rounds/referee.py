"""The referee: the steps of a round, as the supervisor graph's nodes take them.

Each step reads the state, does one thing, and writes JSON back. Whatever must survive is stored by
the step that made it, so a round that was killed is played on, not played again.
"""

import asyncio
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from copy import copy
from datetime import date, datetime
from functools import partial
from typing import Self

from pydantic import TypeAdapter

from arena.baselines import Situation, decide
from arena.config.contestants import (
    BaselineContestant,
    Contestant,
    EndpointContestant,
    ModelContestant,
    RehearsalContestant,
)
from arena.config.desks import DeskSettings
from arena.config.model import ArenaConfig
from arena.consensus import consensus
from arena.contest import Desk, Stamp, by_rule
from arena.market.flights import Flights
from arena.market.market import Market
from arena.records.chat import ModelChat
from arena.records.desk import Brief
from arena.records.market import MarketSnapshot
from arena.records.masking import MaskedBrief
from arena.records.outcome import Abstention, Decision, Outcome
from arena.records.progress import Audience
from arena.records.standing import Consensus, Round
from arena.records.trading import Fill, LedgerEvent, Order, Rejection
from arena.rounds.announcing import announce
from arena.rounds.desk_room import DeskRoom, Readying, Seat, missing_facts
from arena.rounds.labels import labels_of
from arena.rounds.masking import keep_masked, masked_players
from arena.rounds.opening import check, day_of, open_round
from arena.rounds.research import put_unusable_aside
from arena.rounds.shelf import Shelf
from arena.rounds.standing import standings_of
from arena.rounds.state import DeskOutcome, DeskTask, RoundInput, RoundState, RoundUpdate, key_of
from arena.rounds.trading import place_orders
from arena.rounds.treasury import Treasury
from arena.rounds.turn import Turn
from arena.rounds.votes import Electorate
from arena.store import Store
from arena.tape import Reel
from arena.version import code_version
from prompts.loader import prompts_hash

_OUTCOME: TypeAdapter[Outcome] = TypeAdapter(Outcome)
_MANY = 10_000
"""More chats than one ticker has in one session."""


class Referee:
    """Holds what all steps of all rounds share."""

    def __init__(
        self,
        config: ArenaConfig,
        market: Market,
        shelf: Shelf,
        *,
        ready: Readying,
        treasury: Treasury,
        reel: Reel | None = None,
        clock: Callable[[], datetime],
    ) -> None:
        self._config = config
        self._market = market
        self._ready = ready
        self._shelf = shelf
        self._treasury = treasury
        self._clock = clock
        self.room = DeskRoom(config, shelf, treasury=treasury, reel=reel, clock=clock)
        self._baselines = {c.name: c for c in config.players if isinstance(c, BaselineContestant)}
        self._electorate = Electorate(config)
        self._masked = masked_players(config)
        self._looks = Flights()
        self._config_hash = config.hash
        # Both read files: once, before any event loop waits for them.
        self._prompts_hash = prompts_hash()
        self._code_version = code_version()

    @property
    def desk(self) -> DeskSettings:
        """How the desks of its rounds are wired."""
        return self._config.desk

    def under(self, desk: DeskSettings) -> Self:
        """The same referee for rounds whose desks are wired otherwise; their records say so, by the settings' hash."""
        if desk == self.desk:
            return self
        other = copy(self)
        other._config = config = self._config.model_copy(update={"desk": desk})  # noqa: SLF001 -- its own kind
        other._config_hash = config.hash  # noqa: SLF001
        other.room = self.room.under(config)
        return other

    async def open(self, asked: RoundInput, audience: Audience, turn: Turn) -> RoundUpdate:
        """Gather the facts and write a brief for every desk that has not decided yet."""
        began = time.time()
        session = day_of(asked.get("session"))
        # The calendar is built at its first use, which is too long for the event loop.
        checked = await asyncio.to_thread(
            check, self._config, asked.get("tickers", ()), session, asked.get("contestants"), self._clock()
        )
        await self._ready(checked.contestants)
        priced = await self._treasury.open(checked.contestants)
        opening = await open_round(self._config, self._market, self._shelf, checked, turn)
        season, day = opening.round.season, opening.round.session
        allowed = self._config.limits.round_seconds
        earlier = {
            key_of(chat.ticker, chat.contestant): chat
            for chat in await self._shelf.read(
                lambda store: store.decided_chats(season, day, abstentions_too=asked.get("keep_abstentions", False))
            )
            or ()
        }
        briefs = {key_of(brief.ticker, brief.contestant): brief for brief in opening.briefs}
        decided = {key: chat for key, chat in earlier.items() if key in briefs}
        for chat in decided.values():
            audience.chat(chat)
        waiting = {key: brief for key, brief in briefs.items() if key not in decided}
        shown = await keep_masked(self._shelf, [*waiting.values()], opening.snapshots, self._masked)
        unusable = await self._shelf.write(
            lambda store: put_unusable_aside(store, self._config, opening.round, briefs, shown=shown, decided=decided)
        )
        return {
            "round": opening.round.model_dump(mode="json"),
            "desk": self._config.desk.model_dump(mode="json"),
            "briefs": {k: b.model_dump(mode="json") for k, b in waiting.items() if b.contestant not in self._baselines},
            "shown": {key_of(*desk): masked.model_dump(mode="json") for desk, masked in shown.items()},
            "followers": {k: b.model_dump(mode="json") for k, b in waiting.items() if b.contestant in self._baselines},
            "outcomes": {key: _outcome(chat) for key, chat in decided.items()},
            "ends": None if allowed is None else began + allowed,
            "replayed": [chat.id for chat in decided.values()],
            "notes": [*priced, *opening.notes, *unusable, *_kept(decided.values(), self._config_hash)],
        }

    async def hold(self, task: DeskTask, desk: Desk, contestant: ModelContestant, audience: Audience) -> RoundUpdate:
        """Run one contestant's desk over one brief, and store its ModelChat."""
        brief, masked = Brief.model_validate(task["brief"]), task.get("shown")
        round_ = (brief.season, brief.session)
        # Looked up once for all desks that begin together.
        decided = await self._looks.join(round_, partial(self._decisions, *round_))
        if (chat_id := decided.get((brief.ticker, brief.contestant))) is not None:
            # By another run, while this one was interrupted.
            earlier = await self._shelf.look_up(lambda store: store.chat(chat_id))
            audience.chat(earlier)
            return {"outcomes": {key_of(brief.ticker, brief.contestant): _outcome(earlier)}}
        shown = MaskedBrief.model_validate(masked) if masked else None
        stamp = self._stamp(contestant, await self._shelf.snapshot(brief.snapshot_hash), shown)
        chat = await self.room.hold(
            brief, stamp, Seat(contestant, desk), audience, task.get("ends"), shown=shown.brief if shown else None
        )
        return {"outcomes": {key_of(brief.ticker, brief.contestant): _outcome(chat)}}

    async def vote(self, state: RoundState) -> RoundUpdate:
        """The consensus on every ticker, over every contestant with a vote that was asked at this session."""
        round_ = Round.model_validate(state["round"])
        said = _by_ticker(state)

        def count(store: Store) -> list[Consensus]:
            others = store.spoken(round_.season, round_.session) - {*round_.contestants}
            votes = [
                self._consensus(
                    round_,
                    ticker,
                    _said_before(store, round_, ticker, self._electorate) if others else {},
                    said[ticker],
                )
                for ticker in round_.tickers
            ]
            store.save_consensus(round_.season, votes)
            return votes

        return {"consensus": [vote.model_dump(mode="json") for vote in await self._shelf.write(count)]}

    async def follow(self, state: RoundState, audience: Audience) -> RoundUpdate:
        """Let the baselines decide, which may go by the vote, and store their ModelChats."""
        round_ = Round.model_validate(state["round"])
        votes = {vote["ticker"]: Consensus.model_validate(vote) for vote in state["consensus"]}
        outcomes = {}
        for key, written in sorted(state["followers"].items()):
            brief = Brief.model_validate(written)
            contestant = self._baselines[brief.contestant]
            snapshot = await self._shelf.snapshot(brief.snapshot_hash)
            situation = Situation(brief, snapshot, len(round_.tickers), votes.get(brief.ticker))
            missing = missing_facts(snapshot, self._config)
            outcome = Abstention(reason="no_data", detail=missing) if missing else decide(contestant, situation)
            chat = by_rule(brief, self._stamp(contestant, snapshot), outcome, self._clock())
            await self._shelf.save_chat(chat)
            audience.chat(chat)
            outcomes[key] = _outcome(chat)
        return {"outcomes": outcomes}

    async def trade(self, state: RoundState) -> RoundUpdate:
        """Orders for what was decided, fills where the price is known, and the ledger events they made."""
        round_ = Round.model_validate(state["round"])
        decided: defaultdict[str, dict[str, tuple[str, Decision]]] = defaultdict(dict)
        for ticker, by_contestant in _by_ticker(state).items():
            for contestant, outcome in by_contestant.items():
                if isinstance(outcome, Decision):
                    chat_id = state["outcomes"][key_of(ticker, contestant)]["chat_id"]
                    decided[contestant][ticker] = (chat_id, outcome)
        notes = await place_orders(self._config, self._market, self._shelf, round_, decided, now=self._clock())
        events = await self._shelf.write(lambda store: store.events(round_.season))
        mine = _of_chats(events, {desk["chat_id"] for desk in state["outcomes"].values()})
        told = [*state.get("notes", []), *notes, *self.room.lost(round_.session)]
        return {"trades": [event.model_dump(mode="json") for event in mine], "notes": told}

    async def rank(self, state: RoundState) -> RoundUpdate:  # noqa: ARG002 -- a step reads the state
        """The season's leaderboard after the round."""
        season = self._config.season
        table = await self._shelf.write(lambda store: standings_of(store, season))
        return {"standings": table.model_dump(mode="json")}

    async def announce(self, state: RoundState) -> RoundUpdate:
        """Keep the leaderboard, and queue what is to be told of the round."""
        await announce(self._config, self._shelf, state, self._clock)
        return {}

    async def _decisions(self, season: str, session: date) -> Mapping[tuple[str, str], str]:
        return await self._shelf.read(lambda store: store.decisions(season, session)) or {}

    def _consensus(
        self, round_: Round, ticker: str, before: Mapping[str, Outcome], now: Mapping[str, Outcome]
    ) -> Consensus:
        counted = {name: outcome for name, outcome in now.items() if self._electorate.has_vote(name)}
        vote = consensus(ticker, round_.session, {**before, **counted})
        return vote.model_copy(update={"notes": self._electorate.notes(now)})

    def _stamp(self, contestant: Contestant, snapshot: MarketSnapshot, shown: MaskedBrief | None = None) -> Stamp:
        deep, quick = models_of(contestant)
        return Stamp(
            model=deep,
            quick_model=quick,
            labels=labels_of(contestant, snapshot),
            masked=shown.mask if shown is not None else None,
            prompts_hash=self._prompts_hash,
            config_hash=self._config_hash,
            code_version=self._code_version,
        )


def models_of(contestant: Contestant) -> tuple[str, str]:
    """What the deep and the quick roles speak through, as the ModelChat names them."""
    if isinstance(contestant, EndpointContestant):
        return contestant.model, contestant.quick_model or contestant.model
    if isinstance(contestant, RehearsalContestant):
        return f"rehearsal/{contestant.style}", f"rehearsal/{contestant.style}"
    if isinstance(contestant, BaselineContestant):
        return f"baseline/{contestant.rule}", f"baseline/{contestant.rule}"
    return contestant.chat_model, contestant.chat_model


def _outcome(chat: ModelChat) -> DeskOutcome:
    return {"chat_id": chat.id, "outcome": chat.outcome.model_dump(mode="json")}


def _by_ticker(state: RoundState) -> dict[str, dict[str, Outcome]]:
    """Every outcome of this round by ticker and contestant."""
    found: dict[str, dict[str, Outcome]] = {ticker: {} for ticker in state["round"]["tickers"]}
    for key, desk in sorted(state.get("outcomes", {}).items()):
        ticker, _, contestant = key.partition("/")
        found[ticker][contestant] = _OUTCOME.validate_python(desk["outcome"])
    return found


def _said_before(store: Store, round_: Round, ticker: str, electorate: Electorate) -> dict[str, Outcome]:
    """What contestants with a vote said of the ticker at the same session outside this run, the newest of each."""
    rows = store.chat_rows(round_.season, round_.session, ticker, limit=_MANY)
    others = [row for row in rows if row.contestant not in round_.contestants]
    voters = [row for row in others if electorate.has_vote(row.contestant, row.labels)]
    newest = {row.contestant: row.id for row in reversed(voters)}
    return {contestant: store.chat(chat_id).outcome for contestant, chat_id in newest.items()}


def _kept(chats: Iterable[ModelChat], config_hash: str) -> list[str]:
    """A word on decisions that were made under other settings and stand all the same."""
    earlier = defaultdict(list)
    for chat in chats:
        if chat.config_hash != config_hash:
            earlier[chat.contestant].append(chat.ticker)
    return [
        f"{contestant} decided on {', '.join(tickers)} earlier, under other settings; what it decided stands "
        "(another --season starts fresh)"
        for contestant, tickers in sorted(earlier.items())
    ]


def _of_chats(events: Iterable[LedgerEvent], chat_ids: set[str]) -> list[Order | Fill | Rejection]:
    """The orders these chats led to, and what became of them."""
    found: list[Order | Fill | Rejection] = []
    keys: set[str] = set()
    for event in events:
        if isinstance(event, Order) and event.chat_id in chat_ids:
            keys.add(event.key)
            found.append(event)
        elif isinstance(event, Fill | Rejection) and event.order_key in keys:
            found.append(event)
    return found
