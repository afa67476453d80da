"""What each event does to a book.

Every change of cash is rounded to the micro-dollar on its own, so that a purchase and a sale at the same price
without fees cancel exactly. A broken invariant raises LedgerError with the event's key.
"""

from decimal import ROUND_FLOOR, ROUND_HALF_EVEN, Decimal

from arena.errors import LedgerError
from arena.ledger.book import Book, ClosedTrade, Holding
from arena.records.base import micro
from arena.records.trading import DividendPaid, Event, Fill, Order, Rejection, SplitApplied

REPEATING_RATIO_DIGITS = 6
MOST_RATIO_NOISE = Decimal("0.01")


def after_order(book: Book, order: Order) -> Book:
    """The order waits."""
    return book.model_copy(update={"pending": (*book.pending, order)})


def after_rejection(book: Book, rejection: Rejection) -> Book:
    """The order it rejects no longer waits."""
    order = _pending_order(book, rejection, rejection.order_key)
    return book.model_copy(update={"pending": _without(book, order)})


def after_fill(book: Book, fill: Fill) -> Book:
    """Cash against shares, as its order said."""
    order = _pending_order(book, fill, fill.order_key)
    if (order.ticker, order.side, order.rule) != (fill.ticker, fill.side, fill.rule):
        raise broken(fill, f"it does not match its order {order.key}")
    if fill.session != order.fills_on:
        raise broken(fill, f"it is of {fill.session}, and its order {order.key} is for {order.fills_on}")
    filled = _bought(book, order, fill) if fill.side == "BUY" else _sold(book, order, fill)
    return filled.model_copy(update={"pending": _without(book, order), "fills": book.fills + 1})


def after_dividend(book: Book, dividend: DividendPaid) -> Book:
    """Cash for the shares held before the ex-date, which the ledger has checked."""
    return _with_cash(book, dividend, micro(dividend.cash_change))


def after_split(book: Book, split: SplitApplied) -> Book:
    """The holding and the pending sales in new shares, rounded down; the fraction's part of the cost leaves with it."""
    if book.shares(split.ticker) != split.shares_before:
        raise broken(split, f"{book.shares(split.ticker)} shares are held, not {split.shares_before}")
    after, fraction = split_shares(split.shares_before, split.ratio)
    if split.shares_after != after:
        raise broken(split, f"{split.shares_before} shares at {split.ratio} give {after}, not {split.shares_after}")
    if split.cash_in_lieu and not fraction:
        raise broken(split, "cash in lieu is only for a fraction of a share, and there is none")
    pending = tuple(_scaled(order, split) for order in book.pending)
    holdings = {ticker: holding for ticker, holding in book.holdings.items() if ticker != split.ticker}
    if after:
        cost = book.holdings[split.ticker].cost * after / (after + fraction)
        holdings[split.ticker] = Holding(shares=after, cost=cost)
    changed = book.model_copy(update={"holdings": holdings, "pending": pending})
    return _with_cash(changed, split, split.cash_in_lieu)


def split_shares(shares: int, ratio: Decimal) -> tuple[int, Decimal]:
    """Whole shares after a split, and the fraction of one share left over.

    Vendors write 1:3 as 0.333333, and three times that is not quite one share. A ratio with six or more
    decimals is taken as rounded: a product within its rounding of a whole number is that number.
    """
    product = shares * ratio
    nearest = product.to_integral_value(ROUND_HALF_EVEN)
    if abs(product - nearest) <= _ratio_noise(shares, ratio):
        return int(nearest), Decimal(0)
    whole = product.to_integral_value(ROUND_FLOOR)
    return int(whole), product - whole


def broken(event: Event, why: str) -> LedgerError:
    """The error for an event that breaks an invariant."""
    return LedgerError(f"{event.key}: {why}")


def _ratio_noise(shares: int, ratio: Decimal) -> Decimal:
    exponent = ratio.as_tuple().exponent
    if not isinstance(exponent, int) or exponent > -REPEATING_RATIO_DIGITS:
        return Decimal(0)
    return min(shares * Decimal(1).scaleb(exponent), MOST_RATIO_NOISE)


def _pending_order(book: Book, event: Event, key: str) -> Order:
    for order in book.pending:
        if order.key == key:
            return order
    raise broken(event, f"no order {key} is pending")


def _without(book: Book, order: Order) -> tuple[Order, ...]:
    return tuple(pending for pending in book.pending if pending.key != order.key)


def _with_cash(book: Book, event: Event, change: Decimal) -> Book:
    cash = micro(book.cash + change)
    if cash < 0:
        raise broken(event, f"{book.contestant}'s cash would be {cash} dollars")
    return book.model_copy(update={"cash": cash})


def _bought(book: Book, order: Order, fill: Fill) -> Book:
    change = micro(fill.cash_change)
    if order.budget is None or -change > order.budget:
        raise broken(fill, f"it costs {-change} dollars, more than its order's budget of {order.budget}")
    held = book.holdings.get(fill.ticker)
    cost = -change + (held.cost if held else 0)
    holding = Holding(shares=book.shares(fill.ticker) + fill.shares, cost=cost)
    return _with_cash(book.model_copy(update={"holdings": {**book.holdings, fill.ticker: holding}}), fill, change)


def _sold(book: Book, order: Order, fill: Fill) -> Book:
    if fill.shares != order.shares:
        raise broken(fill, f"its order sells {order.shares} shares, not {fill.shares}")
    held = book.holdings.get(fill.ticker)
    if held is None or held.shares < fill.shares:
        raise broken(fill, f"it sells {fill.shares} shares of {fill.ticker}, and {book.shares(fill.ticker)} are held")
    proceeds, cost = micro(fill.cash_change), micro(held.cost * fill.shares / held.shares)
    trade = ClosedTrade(
        ticker=fill.ticker,
        session=fill.session,
        shares=fill.shares,
        proceeds=proceeds,
        cost=cost,
        gain=proceeds - cost,
    )
    holdings = {ticker: holding for ticker, holding in book.holdings.items() if ticker != fill.ticker}
    if left := held.shares - fill.shares:
        holdings[fill.ticker] = Holding(shares=left, cost=held.cost - cost)
    changed = book.model_copy(update={"holdings": holdings, "closed_trades": (*book.closed_trades, trade)})
    return _with_cash(changed, fill, proceeds)


def _scaled(order: Order, split: SplitApplied) -> Order:
    if order.ticker != split.ticker or order.shares is None:
        return order
    return order.model_copy(update={"shares": split_shares(order.shares, split.ratio)[0]})
