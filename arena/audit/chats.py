"""A season's chats: whether every order has the one it says, and whether any saw more than it could."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta

from arena.audit.orders import exchange_of
from arena.market import calendar
from arena.records.audit import Finding
from arena.records.chat import PORTFOLIO, ModelChat
from arena.records.market import MarketSnapshot
from arena.records.trading import LedgerEvent, Order


def check_orders(events: Iterable[LedgerEvent], chats: Mapping[str, ModelChat]) -> Iterator[Finding]:
    """A finding for every order without a chat that decided on it."""
    for event in events:
        if isinstance(event, Order) and (fault := _fault(event, chats.get(event.chat_id))):
            yield Finding(kind="no_chat", where=event.key, what=fault)


def check_sight(chat: ModelChat, snapshot: MarketSnapshot | None) -> Iterator[Finding]:
    """A finding for everything a chat saw that was later than its instant, or was not its own."""
    exchange = exchange_of(chat.ticker)
    if calendar.is_session(chat.session, exchange) and chat.as_of > calendar.close_of(chat.session, exchange):
        yield _late(chat, f"it is as of {chat.as_of}, after the close of {chat.session}")
    moved = timedelta(weeks=chat.masked.weeks if chat.masked is not None else 0)
    for lesson in chat.stages.reflection.lessons if chat.stages.reflection is not None else ():
        decided, until = lesson.session - moved, lesson.until - moved
        if until > chat.session:
            yield _late(chat, f"it was shown how its decision of {decided} had turned out on {until}")
    if snapshot is None:
        return
    if snapshot.ticker != chat.ticker:
        yield _late(chat, f"its snapshot is of {snapshot.ticker}")
    if snapshot.as_of > chat.as_of:
        yield _late(chat, f"its snapshot is as of {snapshot.as_of}, and it decides as of {chat.as_of}")
    for what in later_facts(snapshot, chat.session, chat.as_of):
        yield _late(chat, f"its snapshot holds {what}")


def later_facts(snapshot: MarketSnapshot, session: date, as_of: datetime) -> Iterator[str]:
    """Every fact of a snapshot that nobody could know at an instant, the close of a session.

    A statement is known from the day after it was filed, a dividend or split from its ex-date.
    """
    told = [
        *(("a bar of", bar.session) for bar in snapshot.prices.bars),
        *(("a dividend of", dividend.ex_date) for dividend in snapshot.prices.dividends),
        *(("a split of", split.ex_date) for split in snapshot.prices.splits),
        *(("indicators of", day) for day in snapshot.indicators.sessions),
        *(("posts of", one.day) for one in snapshot.social.days),
    ]
    yield from (f"{what} {day}" for what, day in told if day > session)
    for statement in snapshot.fundamentals.statements:
        known = max(statement.filed or statement.fiscal_end, statement.fiscal_end)
        if known >= session:
            yield f"a statement of the period to {statement.fiscal_end}, filed on {statement.filed}"
    yield from (f"an article published at {item.published}" for item in snapshot.news.items if item.published > as_of)


def _fault(order: Order, chat: ModelChat | None) -> str:
    if chat is None:
        return f"its chat {order.chat_id} is not stored"
    if (chat.contestant, chat.session) != (order.contestant, order.session):
        return f"its chat {chat.id} is of {chat.contestant} at {chat.session}"
    if chat.ticker not in {order.ticker, PORTFOLIO}:
        return f"its chat {chat.id} is about {chat.ticker}, not {order.ticker}"
    if chat.outcome.kind == "abstention":
        return f"its chat {chat.id} abstained"
    if chat.ticker != PORTFOLIO and chat.outcome.action != order.side:
        return f"its chat {chat.id} decided to {chat.outcome.action}, not to {order.side}"
    return ""


def _late(chat: ModelChat, what: str) -> Finding:
    return Finding(kind="look_ahead", where=chat.id, what=what)
