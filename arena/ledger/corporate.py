"""Splits and dividends, as they come to whoever holds a ticker or is short in it.

A dividend the vendor tells of late is credited late, for the shares held before its ex-date. A split told of late
is dated the day after what is recorded of the line (a contestant and a ticker), so that it scales the orders decided
in old shares; told of after the line has traded on, it cannot be put right and raises LedgerError. In a book that
has margin, or whose cash earns, everything recorded counts on the cash, so that there both come after all of it.
"""

from datetime import date, timedelta

from arena.errors import LedgerError
from arena.ledger.passing import Pass
from arena.ledger.places import Place, place_of
from arena.ledger.prices import Payment
from arena.ledger.splitting import split_shares
from arena.records.market import Split
from arena.records.trading import DividendPaid, SplitApplied


def apply_splits(settling: Pass, session: date) -> None:
    """Scale every holding whose ticker splits in a session."""
    for contestant in settling.contestants:
        for ticker, split in settling.prices.splits[session]:
            _split(settling, contestant, ticker, split, session)


def pay_dividends(settling: Pass, session: date) -> None:
    """Pay to whoever holds a ticker, and charge whoever is short in it, the dividends of a session."""
    for contestant in settling.contestants:
        for payment in settling.prices.dividends[session]:
            _pay(settling, contestant, payment, session)


def _split(settling: Pass, contestant: str, ticker: str, split: Split, session: date) -> None:
    key = f"split:{ticker}:{split.ex_date}:{contestant}"
    if key in settling.ledger.keys or not settling.ledger.shares_at_open(contestant, ticker, session):
        return
    if settling.ledger.traded_since(contestant, ticker, session):
        raise LedgerError(
            f"{key}: the vendor told of this split after {contestant} had traded {ticker} at prices behind it; "
            f"the season cannot go on with {ticker} unless the split is wrong and leaves the data"
        )
    book = settling.book(contestant)
    shares = book.shares(ticker)
    after, fraction = split_shares(shares, split.ratio, book.terms.step)
    applied = SplitApplied(
        key=key,
        contestant=contestant,
        session=session,
        ticker=ticker,
        ratio=split.ratio,
        shares_before=shares,
        shares_after=after,
        cash_in_lieu=fraction * settling.prices.bars[ticker][session].open,
    )
    last = settling.ledger.last_place(contestant, ticker)
    if (behind := _behind(settling, contestant, place_of(applied), last)) is not None:
        applied = applied.model_copy(update={"session": behind})
    settling.emit(applied)


def _pay(settling: Pass, contestant: str, payment: Payment, session: date) -> None:
    ticker, ex_date, amount = payment
    key = f"dividend:{ticker}:{ex_date}:{contestant}"
    shares = settling.ledger.shares_at_open(contestant, ticker, ex_date)
    if key in settling.ledger.keys or not shares:
        return
    paid = DividendPaid(
        key=key,
        contestant=contestant,
        session=settling.not_behind(contestant, ticker, session),
        ticker=ticker,
        ex_date=ex_date,
        shares=shares,
        amount=amount,
    )
    if (behind := _behind(settling, contestant, place_of(paid), None)) is not None:
        paid = paid.model_copy(update={"session": behind})
    settling.emit(paid)


def _behind(settling: Pass, contestant: str, place: Place, line: Place | None) -> date | None:
    """The day after what an event must come behind; None where it may stand at its place."""
    terms = settling.book(contestant).terms
    book = settling.ledger.last_move(contestant) if terms.margin or terms.accrue else None
    last = max((known for known in (line, book) if known is not None), default=None)
    return None if last is None or last <= place else last[0] + timedelta(days=1)
