"""Dividends and splits against what was held, and against the prices that are kept."""

from collections.abc import Iterator
from decimal import Decimal

from arena.audit.account import Account
from arena.audit.finding import found
from arena.audit.prices import KnownPrices
from arena.audit.splits import after_split
from arena.records.audit import Finding
from arena.records.shares import shares_text
from arena.records.trading import DividendPaid, SplitApplied


def check_dividend(account: Account, paid: DividendPaid, prices: KnownPrices) -> Iterator[Finding]:
    """The shares of its ex-date, and the amount."""
    held = account.held_before(paid.ticker, paid.ex_date)
    if held != paid.shares:
        count, had = shares_text(paid.shares), shares_text(held)
        yield found("position", paid, f"it pays for {count} {paid.ticker}, and {had} were held before {paid.ex_date}")
    known = prices.dividends(paid.ticker, paid.ex_date)
    if known and paid.amount not in {*(one.amount for one in known), sum(one.amount for one in known)}:
        told = ", ".join(sorted(str(one.amount) for one in known))
        yield found("price", paid, f"it pays {paid.amount} a share, and the prices that are kept say {told}")


def check_split(account: Account, split: SplitApplied) -> Iterator[Finding]:
    """The shares before and after, and whether anything is to be settled in cash."""
    held = account.shares.get(split.ticker, Decimal(0))
    after, left = after_split(held, split.ratio, fractional=account.terms.fractional)
    if (split.shares_before, split.shares_after) != (held, after):
        before, made = shares_text(split.shares_before), shares_text(split.shares_after)
        should = f"{shares_text(held)} at {split.ratio} make {shares_text(after)}"
        yield found("position", split, f"it makes {made} of {before} shares; {should}")
    if split.cash_in_lieu and not (left and (left < 0) == (split.cash_in_lieu < 0)):
        yield found("cash", split, "it pays cash in lieu where no fraction of a share is left")
