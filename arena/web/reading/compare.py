"""One stock at one session across all contestants, with what sets each apart."""

from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from datetime import date
from typing import NamedTuple

from arena.errors import UsageError
from arena.records.chat import ModelChat
from arena.records.market import MarketSnapshot
from arena.records.standing import Consensus
from arena.store import Store
from arena.web.reader import Reader
from arena.web.reading.chats import Conversation, conversation
from arena.web.reading.effects import Effect, effects_of


class Aspect(NamedTuple):
    """One thing that is compared."""

    name: str
    of: Callable[[ModelChat], Hashable]
    """None where a chat has nothing of it."""


class Column(NamedTuple):
    """One contestant."""

    talk: Conversation
    effects: tuple[Effect, ...]
    apart: frozenset[str]
    """The aspects in which most others agree and it does not."""


class Compared(NamedTuple):
    """The whole page."""

    season: str
    session: date
    ticker: str
    columns: tuple[Column, ...]
    """By contestant."""
    vote: Consensus | None
    snapshot: MarketSnapshot | None
    snapshot_hash: str
    tickers: tuple[str, ...]
    """The others of the round, this one included."""
    before: date | None
    after: date | None
    """The rounds beside it that hold this ticker."""


def compared(reader: Reader, season: str, session: date, ticker: str) -> Compared:
    """The newest chats on a ticker at a session. UsageError where there is none."""

    def read(store: Store) -> Compared:
        chats = store.season_of_chats(season)
        rows = {row.contestant: row for row in reversed(store.chat_rows(chats, session, ticker, limit=-1))}
        if not rows:
            raise UsageError(f"nobody has spoken about {ticker} at {session} in the season {season}")
        talks = [conversation(reader, rows[name].id) for name in sorted(rows)]
        made = effects_of(store, season, session)
        hashes = [talk.chat.snapshot_hash for talk in talks]
        played = [round_ for round_ in store.rounds(season) if ticker in round_.tickers]
        here = store.round(season, session)
        return Compared(
            season=season,
            session=session,
            ticker=ticker,
            columns=tuple(
                Column(talk, made.get(talk.chat.id, ()), apart)
                for talk, apart in zip(talks, set_apart([talk.chat for talk in talks]), strict=True)
            ),
            vote=next((vote for vote in store.consensus(chats, session) if vote.ticker == ticker), None),
            snapshot=reader.snapshot_or_none(hashes[0]),
            snapshot_hash=hashes[0],
            tickers=here.tickers if here is not None else (ticker,),
            before=max((one.session for one in played if one.session < session), default=None),
            after=min((one.session for one in played if one.session > session), default=None),
        )

    return reader.kept(("compared", season, session, ticker), read)


def set_apart(chats: Sequence[ModelChat]) -> list[frozenset[str]]:
    """For each chat the aspects in which more than half of those that have it agree, and it differs."""
    found: list[set[str]] = [set() for _ in chats]
    for aspect in ASPECTS:
        values = [aspect.of(chat) for chat in chats]
        known = Counter(value for value in values if value is not None)
        common, often = known.most_common(1)[0] if known else (None, 0)
        if len(known) < 2 or often * 2 <= known.total():
            continue
        for place, value in enumerate(values):
            if value is not None and value != common:
                found[place].add(aspect.name)
    return [frozenset(one) for one in found]


def _decision(chat: ModelChat) -> Hashable:
    return "abstained" if chat.outcome.kind == "abstention" else chat.outcome.action or "BOTH"


def _stance(chat: ModelChat) -> Hashable:
    research = chat.stages.research
    return research.verdict.stance if research is not None and research.verdict is not None else None


def _plan(chat: ModelChat) -> Hashable:
    return chat.stages.trader.action if chat.stages.trader is not None else None


def _leaning(name: str) -> Callable[[ModelChat], Hashable]:
    """The side an analyst leans to; nearly none is a side of its own."""

    def of(chat: ModelChat) -> Hashable:
        stage = getattr(chat.stages, name)
        if stage is None:
            return None
        sentiment: float = stage.report.sentiment
        return "neutral" if abs(sentiment) < 0.1 else "bullish" if sentiment > 0 else "bearish"

    return of


ANALYSTS = ("market", "news", "fundamentals", "social")

ASPECTS: tuple[Aspect, ...] = (
    Aspect("decision", _decision),
    *(Aspect(name, _leaning(name)) for name in ANALYSTS),
    Aspect("stance", _stance),
    Aspect("plan", _plan),
)
