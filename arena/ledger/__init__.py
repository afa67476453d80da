"""The ledger: an append-only list of events per season, and the books that replaying it gives.

All functions here are pure. `size_orders` turns decisions into orders, `settle` turns orders and price
histories into fills, dividends, splits, interest and margin calls, `replay` turns events into books and checks every
invariant.
"""

from arena.ledger.book import Book, ClosedTrade, Holding, open_book
from arena.ledger.replay import Ledger, replay
from arena.ledger.settlement import LAPSE, settle
from arena.ledger.sizing import size_orders
from arena.ledger.telling import margin_notes, standing_notes
from arena.ledger.valuation import portfolio_view, position_values

__all__ = [
    "LAPSE",
    "Book",
    "ClosedTrade",
    "Holding",
    "Ledger",
    "margin_notes",
    "open_book",
    "portfolio_view",
    "position_values",
    "replay",
    "settle",
    "size_orders",
    "standing_notes",
]
