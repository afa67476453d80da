"""What selling short asks of a book's cash.

The plain rule: holdings give no credit, so cash alone covers the shorts. An order that opens a position must leave
`initial` dollars of cash for each dollar that the shorts are worth, and at every close there must be `maintenance`
dollars for each. Cash includes what the short sales brought, so that a book of 10,000 dollars without positions can
be short by 20,000 dollars at an initial margin of 1.5, as under Regulation T.
"""

from collections.abc import Mapping
from decimal import Decimal

from arena.ledger.book import Book
from arena.records.base import micro
from arena.records.trading import Fill, Order


def cash_kept(book: Book, order: Order, price: Decimal) -> Decimal:
    """Dollars of a book's cash that its shorts keep when an order that opens a position is filled at a price.

    The order's own ticker counts at that price, others at what they were worth when it was decided, and shorts that
    were sold since at what they brought.
    """
    margin = book.terms.margin
    if margin is None:
        return Decimal(0)
    return margin.initial * sum((_worth(book, ticker, order, price) for ticker in book.shorts), Decimal(0))


def taken(fill: Fill, initial: Decimal) -> Decimal:
    """By how many dollars opening a position lowers what is left of the cash beside margin; its costs included."""
    if fill.side == "BUY":
        return -micro(fill.cash_change)
    return initial * fill.shares * fill.price - micro(fill.cash_change)


def maintenance_asked(maintenance: Decimal, shorts: Mapping[str, Decimal]) -> Decimal:
    """Dollars of cash that must be there at a close, by what each short is worth."""
    return micro(maintenance * sum(shorts.values(), Decimal(0)))


def _worth(book: Book, ticker: str, order: Order, price: Decimal) -> Decimal:
    held = book.holdings[ticker]
    if ticker == order.ticker:
        return -held.shares * price
    return order.shorts.get(ticker, max(-held.cost, Decimal(0)))
