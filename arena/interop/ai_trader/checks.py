"""One model's position lines against each other and against the prices.

Each line is held against the one before it as that stands, so that one slip is found once where it happens and,
where it is taken back, once more there.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import pairwise

from arena.interop.ai_trader.positions import Line
from arena.interop.ai_trader.prices import Prices
from arena.market import calendar
from arena.records.audit import Finding, FindingKind
from arena.records.base import micro, plain

NOISE = Decimal("0.000001")
"""Dollars by which cash may be off: AI-Trader reckons in floats. A micro-dollar is also what our books keep."""


def check_lines(lines: Sequence[Line], prices: Prices) -> Iterator[Finding]:
    """Every violation of one model's lines, in their order."""
    if lines:
        yield from _opening(lines[0])
    for before, line in pairwise(lines):
        yield from _order(before, line)
        if not calendar.is_session(line.day):
            doing = f"it trades {line.symbol}" if line.trades else "it acts"
            yield _found("no_session", line, f"{doing} on {line.day}, a {line.day:%A} without a session")
        if line.action not in {"buy", "sell", "no_trade", ""}:
            yield _found("unreadable", line, f"its action {line.action!r} is none of buy, sell, no_trade")
        yield from _shares(before, line)
        yield from _money(before, line, prices)


def expected_shares(before: Line, line: Line) -> dict[str, Decimal]:
    """What the line should hold after the one before it."""
    held = dict(before.shares)
    if line.trades:
        signed = line.amount if line.action == "buy" else -line.amount
        held[line.symbol] = held.get(line.symbol, Decimal(0)) + signed
    return {symbol: amount for symbol, amount in held.items() if amount}


def _opening(line: Line) -> Iterator[Finding]:
    if line.action:
        yield _found("position", line, "the first line already acts, so what there was before it is unknown")
    if line.shares:
        held = ", ".join(f"{amount} {symbol}" for symbol, amount in sorted(line.shares.items()))
        yield _found("position", line, f"it begins with positions from nowhere: {held}")
    if line.cash <= 0:
        yield _found("cash", line, f"it begins with {line.cash} dollars")


def _order(before: Line, line: Line) -> Iterator[Finding]:
    if line.id == before.id:
        yield _found("id", line, f"its id {line.id} is a duplicate of the line before")
    elif line.id < before.id:
        yield _found("id", line, f"its id {line.id} goes back behind {before.id}")
    elif line.id > before.id + 1:
        yield _found("id", line, f"its id {line.id} leaves out what should follow {before.id}")
    if line.day < before.day:
        yield _found("date", line, f"its date {line.day} goes back behind {before.day}")


def _shares(before: Line, line: Line) -> Iterator[Finding]:
    if line.amount < 0 or line.amount != line.amount.to_integral_value():
        yield _found("position", line, f"it trades {line.amount} shares, which is no whole number of shares")
    held = before.shares.get(line.symbol, Decimal(0))
    if line.action == "sell" and line.amount > held:
        yield _found("position", line, f"it sells {line.amount} {line.symbol}, and {held} are held")
    expected = expected_shares(before, line)
    for symbol in sorted(expected.keys() | line.shares.keys()):
        should, does = expected.get(symbol, Decimal(0)), line.shares.get(symbol, Decimal(0))
        if should != does:
            fault = "vanished" if does < should else "from nowhere"
            what = f"shares {fault}: it holds {does} {symbol} where {should} follow from the line before"
            yield _found("position", line, what)


def _money(before: Line, line: Line, prices: Prices) -> Iterator[Finding]:
    moved = line.cash - before.cash
    if not line.trades or not line.amount:
        if abs(moved) > NOISE:
            yield _found("cash", line, f"its cash moves by {plain(moved)} dollars without a trade")
        return
    day = prices.day(line.symbol, line.day)
    signed = line.amount if line.action == "buy" else -line.amount
    paid = micro(-moved / signed)
    told = line.price if line.price is not None else paid
    if day is None or day.open is None:
        yield _found("price", line, f"no file has an open of {line.symbol} on {line.day}")
    else:
        yield from _against_the_bar(before, line, prices, told)
        expected = before.cash - signed * day.open
        if abs(line.cash - expected) > NOISE:
            what = (
                f"its cash does not follow: {before.cash} dollars and {line.action} {line.amount} {line.symbol} at the "
                f"open of {day.open} leave {plain(expected)}, not {line.cash} (off by {micro(line.cash - expected)})"
            )
            yield _found("cash", line, what)
    cost = line.amount * (day.open if day is not None and day.open is not None else told)
    if line.action == "buy" and (cost > before.cash + NOISE or line.cash < -NOISE):
        what = f"it buys {line.amount} {line.symbol} for {plain(cost)} dollars with {before.cash} in cash"
        yield _found("beyond_cash", line, what)


def _against_the_bar(before: Line, line: Line, prices: Prices, told: Decimal) -> Iterator[Finding]:
    """The fill's price, told or what the cash says, against the day's low, high and open."""
    day = prices.day(line.symbol, line.day)
    if day is None or day.open is None:
        return
    paid = micro(abs(line.cash - before.cash) / line.amount)
    for price in dict.fromkeys((told, paid)):
        # A cent that is missing or too much is the cash's fault, and so no fill beyond the bar.
        slack = NOISE if price == line.price else Decimal("0.01") / line.amount + NOISE
        if not (day.holds(price + slack) or day.holds(price - slack)):
            side = "above the high" if day.high is not None and price > day.high else "below the low"
            what = f"{line.symbol} is filled at {plain(price)}, {side} of {line.day}, {day.low} to {day.high}"
            yield _found("fill_price", line, what)
    if line.price is not None and abs(line.price - day.open) > NOISE and day.holds(line.price):
        what = f"{line.symbol} is filled at {line.price}, which is not the open of {line.day}, {day.open}"
        yield _found("fill_price", line, what)


def _found(kind: FindingKind, line: Line, what: str) -> Finding:
    return Finding(kind=kind, where=line.where, what=what)
