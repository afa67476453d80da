"""A purse over an account, and a book that remembers what was written down."""

import asyncio
from datetime import UTC, date, datetime
from decimal import Decimal

from arena.config.contestants import TokenPrices
from arena.config.running import BudgetSettings
from arena.llm.account import Account
from arena.llm.prices import PriceList
from arena.llm.purse import Purse

DAY = date(2025, 10, 14)
NOW = datetime(2025, 11, 3, 12, tzinfo=UTC)
# One cent a thousand tokens, of either kind.
PRICES = PriceList({"m": TokenPrices(prompt=Decimal(10), completion=Decimal(10))})


class Memory:
    """A book that remembers its entries, and what was in it when each reservation came back."""

    def __init__(self):
        self.entries = {}

    async def reserve(self, spending):
        await asyncio.sleep(0)
        self.entries[spending.id] = spending
        return True

    async def look(self):
        raise AssertionError("nobody else spends here")

    def settle(self, spending):
        self.entries[spending.id] = spending

    def release(self, spending_id):
        self.entries.pop(spending_id, None)

    @property
    def dollars(self):
        return sum((entry.dollars for entry in self.entries.values()), Decimal(0))


def purse(account, name="a", book=None, clock=lambda: NOW):
    return Purse(name, "main", account=account, prices=PRICES, book=book or Memory(), clock=clock)


def caps(**dollars):
    return Account(BudgetSettings(**{name: Decimal(amount) for name, amount in dollars.items()}))
