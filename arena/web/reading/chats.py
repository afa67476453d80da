"""A ModelChat as a conversation: stages in their order, each with the figures it states and nothing bears out."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import Any, Literal, NamedTuple, get_args

from arena.errors import StoreError
from arena.records.base import Record
from arena.records.chat import Cost, ModelCall, ModelChat, Tokens, UnsupportedFigure
from arena.records.desk import AnalystName, AnalystStage, ResearchVerdict, Role, TraderPlan
from arena.records.memory import ReflectionStage
from arena.store import ChatRow, Store
from arena.web.prose import Flag
from arena.web.reader import Reader
from arena.web.reading.effects import Effect, effects_of
from arena.web.reading.seasons import SeasonHead, head

Side = Literal["left", "right", "middle"]
_SIDES: Mapping[str, Side] = MappingProxyType(
    {"bull": "left", "bear": "right", "aggressive": "left", "conservative": "right", "neutral": "middle"}
)
_STAGE_OF: Mapping[str, str] = MappingProxyType(
    {
        "market_analyst": "market",
        "news_analyst": "news",
        "fundamentals_analyst": "fundamentals",
        "social_analyst": "social",
        "bull_researcher": "research",
        "bear_researcher": "research",
        "research_manager": "research",
        "trader": "trader",
    }
)
"""Where a role's text belongs of which an import has no more; what is left judges the risk debate."""


class Noted(NamedTuple):
    """A figure that nothing bears out, with the number of its note."""

    number: int
    figure: UnsupportedFigure


class Turn(NamedTuple):
    """One speech of a debate."""

    speaker: str
    side: Side
    round: int
    text: str


class Stage(NamedTuple):
    """One stage of the conversation."""

    name: str
    title: str
    report: AnalystStage | None = None
    turns: tuple[Turn, ...] = ()
    verdict: ResearchVerdict | None = None
    plan: TraderPlan | None = None
    memory: ReflectionStage | None = None
    texts: tuple[tuple[str, str], ...] = ()
    """By role or field: what an import has as a text only, or a stage of a kind that is not known here."""
    noted: tuple[Noted, ...] = ()

    @property
    def flags(self) -> tuple[Flag, ...]:
        """The figures to mark in its texts."""
        return tuple(Flag(one.number, one.figure.text) for one in self.noted)


class Took(NamedTuple):
    """What the chat's calls took together."""

    seconds: float | None
    """None for an import, of which nobody knows."""
    calls: int
    retries: int
    tokens: Tokens
    cost: Cost


class Conversation(NamedTuple):
    """All of a chat's page."""

    chat: ModelChat
    stages: tuple[Stage, ...]
    noted: tuple[Noted, ...]
    """Those of the decision itself."""
    took: Took


class Surroundings(NamedTuple):
    """What stands beside a chat."""

    head: SeasonHead
    effects: tuple[Effect, ...]
    others: tuple[ChatRow, ...]
    """The newest chats on the same ticker at the same session, this one's included, by contestant."""
    before: ChatRow | None
    after: ChatRow | None
    """The same contestant on the same ticker, the session before and after."""
    has_snapshot: bool
    has_original: bool
    """Whether the facts behind a masked desk's are kept."""
    has_round: bool
    """Whether a round of its session is stored, which imports of single chats have not."""


def conversation(reader: Reader, chat_id: str) -> Conversation:
    """A chat by its id, or a beginning that only one has. UsageError for an unknown one."""
    return reader.kept_for_good(("chat", _whole_id(reader, chat_id)), lambda store: _conversation(store.chat(chat_id)))


def surroundings(reader: Reader, chat: ModelChat) -> Surroundings:
    """What stands beside a chat in its season."""
    about = head(reader, chat.season)

    def read(store: Store) -> Surroundings:
        mine = store.chat_rows(chat.season, None, chat.ticker, chat.contestant, limit=-1)
        before, after = _neighbours(mine, chat.session)
        beside = {
            row.contestant: row for row in reversed(store.chat_rows(chat.season, chat.session, chat.ticker, limit=-1))
        }
        return Surroundings(
            head=about,
            effects=effects_of(store, chat.season, chat.session).get(chat.id, ()),
            others=tuple(beside[name] for name in sorted(beside)),
            before=before,
            after=after,
            has_snapshot=_is_kept(reader, chat.snapshot_hash),
            has_original=chat.masked is not None and _is_kept(reader, chat.masked.original),
            has_round=store.round(chat.season, chat.session) is not None,
        )

    return reader.kept(("beside", chat.id), read)


def _whole_id(reader: Reader, chat_id: str) -> str:
    """The id itself, so that a chat is kept under one name; a beginning is looked up."""
    return chat_id if reader.store.outcomes([chat_id]) else reader.store.chat(chat_id).id


def _is_kept(reader: Reader, snapshot_hash: str) -> bool:
    try:
        reader.snapshot(snapshot_hash)
    except StoreError:
        return False
    return True


def _neighbours(rows: Sequence[ChatRow], session: date) -> tuple[ChatRow | None, ChatRow | None]:
    """`rows` come newest first, so the first of a session is the one that counts."""
    by_session: dict[date, ChatRow] = {}
    for row in rows:
        by_session.setdefault(row.session, row)
    earlier = [day for day in by_session if day < session]
    later = [day for day in by_session if day > session]
    return by_session.get(max(earlier, default=session)) if earlier else None, (
        by_session.get(min(later)) if later else None
    )


def _conversation(chat: ModelChat) -> Conversation:
    noted = tuple(Noted(number, figure) for number, figure in enumerate(chat.unsupported, 1))
    return Conversation(
        chat=chat,
        stages=tuple(_stages(chat, noted)),
        noted=tuple(one for one in noted if one.figure.stage == "decision"),
        took=_took(chat),
    )


def _stages(chat: ModelChat, noted: Sequence[Noted]) -> Iterator[Stage]:
    texts = _imported_texts(chat)
    for name in type(chat.stages).model_fields:
        part: Record | None = getattr(chat.stages, name)
        mine = tuple(one for one in noted if one.figure.stage == name)
        if part is not None or name in texts:
            made = _stage(name, part)
            yield made._replace(noted=mine, texts=texts.get(name, made.texts))


def _stage(name: str, part: Record | None) -> Stage:
    match name, part:
        case _, AnalystStage():
            return Stage(name, f"{name.capitalize()} analyst", report=part)
        case "research" | "risk", None:
            return Stage(name, f"{name.capitalize()} debate")
        case _, None:
            return Stage(name, f"{name.capitalize()} analyst" if name in get_args(AnalystName) else name.capitalize())
        case _, ReflectionStage():
            return Stage(name, "Past decisions", memory=part)
        case _, TraderPlan():
            return Stage(name, "Trader", plan=part)
        case "research" | "risk", _:
            content: Any = part
            turns = tuple(Turn(one.speaker, _SIDES[one.speaker], one.round, one.text) for one in content.turns)
            return Stage(name, f"{name.capitalize()} debate", turns=turns, verdict=getattr(content, "verdict", None))
    return Stage(name, name.replace("_", " ").capitalize(), texts=tuple(_fields(part)))


def _fields(part: Record | None) -> Iterator[tuple[str, str]]:
    """A stage of a kind that is not known here: its fields as they are."""
    for field, value in (part.model_dump(mode="json") if part is not None else {}).items():
        if value not in (None, "", [], {}):
            yield field, value if isinstance(value, str) else str(value)


def _imported_texts(chat: ModelChat) -> dict[str, tuple[tuple[str, str], ...]]:
    found: dict[str, tuple[tuple[str, str], ...]] = {}
    told = chat.imported.texts if chat.imported is not None else {}
    for role in get_args(Role):
        if role in told:
            stage = _STAGE_OF.get(role, "risk")
            found[stage] = (*found.get(stage, ()), (role, told[role]))
    return found


def _took(chat: ModelChat) -> Took:
    return Took(
        seconds=None if chat.imported is not None else (chat.finished - chat.started).total_seconds(),
        calls=len(chat.calls),
        retries=sum(len(call.retries) for call in chat.calls),
        tokens=Tokens(
            prompt=_told(chat.calls, "prompt"),
            completion=_told(chat.calls, "completion"),
            reasoning=_told(chat.calls, "reasoning"),
            cached=_told(chat.calls, "cached"),
        ),
        cost=chat.cost,
    )


def _told(calls: Sequence[ModelCall], kind: str) -> int | None:
    """The sum of the counts that were told; None where none was."""
    known = [count for call in calls if (count := getattr(call.tokens, kind)) is not None]
    return sum(known) if known else None
