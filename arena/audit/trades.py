"""Fills and rejections against the orders and margin calls they answer, and against what there is."""

from collections.abc import Iterator
from decimal import Decimal

from arena.audit.account import Account
from arena.audit.finding import found
from arena.audit.margin import check_cash
from arena.records.audit import Finding
from arena.records.base import micro
from arena.records.shares import is_whole, shares_text
from arena.records.trading import Fill, MarginCall, Order, Rejection


def check_answer(account: Account, event: Fill | Rejection) -> Iterator[Finding]:
    """Before it is taken: whether it is what was asked for, and whether there is what it trades."""
    waiting = account.pending.get(event.order_key)
    if waiting is None:
        yield found("id", event, f"no order {event.order_key} is pending")
    if isinstance(event, Fill):
        if isinstance(waiting, Order):
            yield from _against_order(account, event, waiting)
        elif isinstance(waiting, MarginCall):
            yield from _against_call(account, event, waiting)
        yield from _against_holdings(account, event, waiting)
    elif isinstance(waiting, MarginCall) and waiting.ticker in account.shorts:
        short = shares_text(account.shorts[waiting.ticker])
        yield found("margin", event, f"it calls off a margin call, and {short} {waiting.ticker} are short")


def check_after(account: Account, fill: Fill, order: Order | MarginCall | None) -> Iterator[Finding]:
    """After it is taken: whether the cash can bear it."""
    opens = not isinstance(order, Order) or order.budget is not None
    if isinstance(order, Order) and opens:
        yield from check_cash(account, fill, order)
    elif account.cash < 0 and micro(fill.cash_change) < 0 and fill.side == "SELL":
        yield found("cash", fill, f"its costs leave {account.cash} dollars")


def _against_order(account: Account, fill: Fill, order: Order) -> Iterator[Finding]:
    asked = (order.ticker, order.side, order.rule, order.fills_on)
    if asked != (fill.ticker, fill.side, fill.rule, fill.session):
        yield found("id", fill, f"it is not what its order {order.key} asked for")
    if order.budget is not None:
        takes = _takes(account, fill)
        if takes > order.budget:
            what = f"it costs {takes} dollars, more than its order's budget of {order.budget}"
            yield found("beyond_cash", fill, what)
    elif order.shares != fill.shares:
        wanted = "no" if order.shares is None else shares_text(order.shares)
        yield found("position", fill, f"it trades {shares_text(fill.shares)} shares, its order {wanted}")


def _against_call(account: Account, fill: Fill, call: MarginCall) -> Iterator[Finding]:
    asked = (call.ticker, "BUY", "next_open")
    if asked != (fill.ticker, fill.side, fill.rule) or fill.session <= call.session:
        yield found("id", fill, f"it is not what the margin call {call.key} asked for")
    if fill.shares != (short := account.shorts.get(call.ticker, Decimal(0))):
        what = f"it covers {shares_text(fill.shares)}, and its margin call all {shares_text(short)} that are short"
        yield found("margin", fill, what)


def _against_holdings(account: Account, fill: Fill, order: Order | MarginCall | None) -> Iterator[Finding]:
    held = account.shares.get(fill.ticker, Decimal(0))
    count, has = shares_text(fill.shares), shares_text(abs(held))
    if not (account.terms.fractional or is_whole(fill.shares)):
        yield found("position", fill, f"it trades {count} shares in a book of whole ones")
    opens = isinstance(order, Order) and order.budget is not None
    if fill.side == "SELL" and opens and account.terms.margin is None:
        yield found("position", fill, f"it sells {count} {fill.ticker} short in a book that sells nothing short")
    if fill.side == "SELL" and not opens and fill.shares > held:
        yield found("position", fill, f"it sells {count} {fill.ticker}, and {shares_text(held)} are held")
    if fill.side == "BUY" and not opens and order is not None and fill.shares > -held:
        yield found("position", fill, f"it covers {count} {fill.ticker}, and {shares_text(-held)} are short")
    if opens and ((held < 0) if fill.side == "BUY" else (held > 0)):
        other = "short" if held < 0 else "held"
        yield found("position", fill, f"it opens a position in {fill.ticker}, of which {has} are {other}")
    change = micro(fill.cash_change)
    if fill.side == "BUY" and not isinstance(order, MarginCall) and (opens or order is None) and -change > account.cash:
        yield found("beyond_cash", fill, f"it costs {-change} dollars, and the cash is {account.cash}")


def _takes(account: Account, fill: Fill) -> Decimal:
    """What a fill that opens a position takes of the dollars that are free."""
    change = micro(fill.cash_change)
    if fill.side == "BUY" or account.terms.margin is None:
        return -change
    return account.terms.margin.initial * fill.shares * fill.price - change
