"""Margin, reckoned anew: at every order that opens a position, at every margin call, and at every close."""

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal

from arena.audit.account import Account
from arena.audit.finding import found
from arena.audit.prices import KnownPrices
from arena.ledger.places import CALLS, beginning_of
from arena.market import calendar
from arena.records.audit import Finding
from arena.records.base import micro
from arena.records.shares import shares_text
from arena.records.trading import Fill, LedgerEvent, MarginCall, Order

NOTHING = Decimal(0)


def check_cash(account: Account, fill: Fill, order: Order) -> Iterator[Finding]:
    """Whether a book that opened a position has the cash that all its shorts ask for.

    What its other shorts were worth is taken from the order: fills that came late may stand before it now.
    """
    if account.terms.margin is None:
        return
    worth = NOTHING
    for ticker, count in account.shorts.items():
        brought = max(account.brought.get(ticker, NOTHING), NOTHING)
        worth += count * fill.price if ticker == fill.ticker else order.shorts.get(ticker, brought)
    asked = account.terms.margin.initial * worth
    if account.cash < asked:
        what = f"{account.cash} dollars of cash are left, and the shorts' initial margin is {micro(asked)}"
        yield found("margin", fill, what)


def check_call(account: Account, call: MarginCall, prices: KnownPrices) -> Iterator[Finding]:
    """Whether the book was below maintenance as the call says."""
    margin, shorts = account.terms.margin, account.shorts
    if margin is None:
        yield found("margin", call, "it calls a book that has no margin")
        return
    if call.cash != account.cash:
        yield found("margin", call, f"the cash is {account.cash} dollars, not {call.cash}")
    if call.shorts.keys() != shorts.keys() or call.shares != shorts.get(call.ticker):
        told = ", ".join(f"{shares_text(count)} {ticker}" for ticker, count in shorts.items()) or "nothing"
        yield found("margin", call, f"short are {told}")
        return
    yield from _check_worth(call, call.shorts, shorts, prices)
    asked = micro(margin.maintenance * sum(call.shorts.values(), NOTHING))
    if call.required != asked:
        yield found("margin", call, f"maintenance asks for {asked} dollars, not {call.required}")
    if call.cash >= asked:
        yield found("margin", call, f"the cash is not below the {asked} dollars that maintenance asks for")
    if call.ticker in account.called:
        yield found("margin", call, f"{call.ticker} has been called already")


def uncalled(account: Account, calls: Iterable[MarginCall], prices: KnownPrices) -> Iterator[str]:
    """A sentence for every close below maintenance that was not called: its price may have come late."""
    margin, states = account.terms.margin, account.states
    if margin is None or not states:
        return
    called = {(call.session, call.ticker) for call in calls}
    for session in calendar.sessions_between(states[0].place[0], states[-1].place[0]):
        state = account.before(beginning_of(session, CALLS))
        shorts = {ticker: -count for ticker, count in state.shares.items() if count < 0} if state else {}
        free = {ticker for ticker in shorts if state and ticker not in state.called and (session, ticker) not in called}
        worth = _worth_at(session, shorts, prices)
        if state is None or worth is None or not free:
            continue
        if state.cash < (asked := micro(margin.maintenance * worth)):
            yield (
                f"{account.name} had {state.cash} dollars of cash at the close of {session}, below the {asked} that "
                "maintenance asks for, and was not called; the prices may have come late"
            )


def _worth_at(session: date, shorts: dict[str, Decimal], prices: KnownPrices) -> Decimal | None:
    """What shorts were worth at a close; None where the close of one is not kept, or there are several."""
    total = NOTHING
    for ticker, count in shorts.items():
        closes = {bar.close for bar in prices.bars(ticker, session)}
        if len(closes) != 1:
            return None
        total += micro(count * closes.pop())
    return total


def _check_worth(
    event: LedgerEvent, told: dict[str, Decimal], shorts: dict[str, Decimal], prices: KnownPrices
) -> Iterator[Finding]:
    """Whether each short is worth what it says at one of the closes there were up to its session."""
    for ticker, worth in sorted(told.items()):
        closes = prices.closes(ticker, event.session)
        if closes and worth not in {micro(shorts[ticker] * close) for close in closes}:
            what = f"{shares_text(shorts[ticker])} {ticker} are worth {worth} dollars at no close that is kept"
            yield found("price", event, what)
