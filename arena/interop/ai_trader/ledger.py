"""A model's lines as the events of a book, and the closes as marks.

A model decides during a session, at whose open it trades: order and fill are of the same session, under the rule
same_open, one after the other in the order of the ids. An order of no shares is kept, rejected.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal

from arena.interop.ai_trader.positions import Line
from arena.interop.ai_trader.prices import BENCHMARK, Prices
from arena.ledger import open_book
from arena.market import calendar
from arena.records.trading import Fill, LedgerEvent, Mark, Order, Rejection

SOURCE = "files"
"""What prices from files are called wherever prices have a source."""


def events_of(model: str, lines: Sequence[Line], prices: Prices, chats: dict[date, str]) -> Iterator[LedgerEvent]:
    """The events of lines without a violation; `chats` is the id of each day's chat."""
    opening = lines[0]
    yield open_book(model, opening.cash, opening.day)
    for line in lines[1:]:
        if line.trades:
            yield from _trade(model, line, _open(line, prices), chats[line.day])


def marks_of(lines: Iterable[Line], prices: Prices) -> tuple[Mark, ...]:
    """A close for every session of the competition and every ticker that was traded, and for the benchmark."""
    known = tuple(lines)
    days = [line.day for line in known]
    tickers = {BENCHMARK, *(line.symbol for line in known if line.trades)}
    return tuple(
        Mark(ticker=ticker, session=session, close=day.close, source=SOURCE)
        for session in calendar.sessions_between(min(days), max(days))
        for ticker in sorted(tickers)
        if (day := prices.day(ticker, session)) is not None and day.close is not None
    )


def _open(line: Line, prices: Prices) -> Decimal:
    day = prices.day(line.symbol, line.day)
    if day is None or day.open is None:
        raise ValueError(f"{line.where} has no price; its audit says so")
    return day.open


def _trade(model: str, line: Line, price: Decimal, chat_id: str) -> Iterator[Order | Fill | Rejection]:
    shares = int(line.amount)
    buys = line.action == "buy"
    # Keys sort as the ids do, for in that order the fills of a session take effect.
    name = f"{line.day}:{line.id:06d}:{line.symbol}:{model}"
    order = Order(
        key=f"order:{name}",
        contestant=model,
        session=line.day,
        ticker=line.symbol,
        chat_id=chat_id,
        side="BUY" if buys else "SELL",
        budget=shares * price if buys else None,
        shares=None if buys else shares,
        rule="same_open",
        fills_on=line.day,
    )
    yield order
    if not shares:
        yield Rejection(
            key=f"rejection:{name}",
            contestant=model,
            session=line.day,
            order_key=order.key,
            ticker=line.symbol,
            reason=f"it orders 0 shares ({line.where})",
        )
        return
    yield Fill(
        key=f"fill:{name}",
        contestant=model,
        session=line.day,
        order_key=order.key,
        ticker=line.symbol,
        side=order.side,
        shares=shares,
        price=price,
        slippage=Decimal(0),
        fee=Decimal(0),
        rule="same_open",
    )
