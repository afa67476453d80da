"""The market: one question to the vendors for all who want to know; snapshots and histories from the answers.

Whoever asks, and however many at the same time, each vendor is asked once for a ticker and section, and for a
session where the section depends on it; with a cache that holds for all processes that share it. Answers stay
in memory for a while, refusals never: who asks again after an outage gets another try, unless there were many in
a row, after which a vendor is left alone for a while.
"""

import asyncio
from collections.abc import Callable, Coroutine, Hashable, Sequence
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from arena.config.market import MarketSettings, VendorName
from arena.errors import TickerError, VendorError
from arena.market.answers import Answer, Answered, Answers, Unanswered
from arena.market.cache import AnswerCache
from arena.market.calendar import (
    check_session,
    close_of,
    is_session,
    last_completed_session,
    session_back,
    sessions_between,
)
from arena.market.chain import VendorChain
from arena.market.doubts import judge
from arena.market.flights import Flights
from arena.market.listings import listing_of
from arena.market.questions import (
    EarningsQuestion,
    FundamentalsQuestion,
    IdentityQuestion,
    InsidersQuestion,
    MarketNewsQuestion,
    NewsQuestion,
    PostsQuestion,
    Question,
    SocialQuestion,
)
from arena.market.snapshot import assemble
from arena.market.tickers import check_ticker
from arena.market.vendor import Vendor
from arena.market.windows import PriceWindows
from arena.records.base import Record
from arena.records.market import MarketSnapshot, PriceHistory

T = TypeVar("T")

BOOK_CURRENCY = "USD"
"""What the books are kept in, and so all that can be traded: there are no exchange rates here."""

INSIDER_DAYS = 180
"""How many days back insiders' trades go."""

SESSIONS_KEPT = 8
"""Sessions whose answers stay in memory."""


class SourcedHistory(Record):
    """Prices as traded, with the vendor they come from."""

    source: VendorName
    history: PriceHistory


class Market:
    """Market facts for a whole arena; usable from event loops that follow one another in a process."""

    def __init__(
        self,
        settings: MarketSettings,
        vendors: Sequence[Vendor],
        clock: Callable[[], datetime],
        cache: AnswerCache | None = None,
        *,
        anew: bool = False,
    ) -> None:
        """`cache` holds the answers that processes share; without one nothing is kept on disk.

        `anew` says that facts gathered before are to be gathered again, where nobody has decided on them.
        """
        self.anew = anew
        self._settings = settings
        self._clock = clock
        self._chain = VendorChain(vendors, settings, clock, cache)
        self._windows = PriceWindows(self._chain, settings.sessions, clock)
        self._flights = Flights()
        self._kept: dict[date, dict[Hashable, Answered[Any]]] = {}

    async def snapshot(self, ticker: str, session: date) -> MarketSnapshot:
        """All that may be known about the ticker at the close of `session`.

        TickerError when it is no ticker or not supported, or when a vendor says that it does not exist and no
        other failed; DateError when `session` is not a completed session of its exchange. Any other failure is
        a section's status.
        """
        ticker = check_ticker(ticker)
        exchange = listing_of(ticker).calendar
        as_of = close_of(check_session(session, self._clock(), exchange), exchange)
        answers = await self._answers(ticker, session, as_of)
        if isinstance(answers.prices, Unanswered) and answers.prices.unknown:
            raise TickerError(f"no vendor knows {ticker}: {'; '.join(answers.prices.notes)}")
        return assemble(ticker, session, as_of, answers, self._settings)

    async def history(self, ticker: str, start: date, end: date) -> SourcedHistory | None:
        """Bars, dividends and splits from `start` to `end`, as traded, up to the last completed session.

        No bars in an answer means that the vendor knows of none. None means that there is nothing to know yet
        (no session of the span is completed) or nobody who could (no vendor knows or covers the ticker).
        So it is where a vendor tells only of days after `start`: a split in those before cannot be ruled out.
        VendorError when nobody answered and some vendor failed: an outage says nothing about the bars. So do
        prices that are not in dollars, those without the splits and dividends they should have, and those past
        repair; a bar that its neighbours prove wrong is left out.
        """
        ticker = check_ticker(ticker)
        exchange = listing_of(ticker).calendar
        completed = sessions_between(start, min(end, last_completed_session(self._clock(), exchange)), exchange)
        if not completed:
            return None
        answer = await self._windows.covering(ticker, start, completed[-1], completed[0])
        if isinstance(answer, Unanswered):
            if answer.failed:
                raise VendorError(f"no prices of {ticker} from {start} to {completed[-1]}: {'; '.join(answer.notes)}")
            return None
        if refusal := untradable(ticker, answer.facts.currency):
            raise VendorError(f"{answer.source}: {refusal}")
        return SourcedHistory(source=answer.source, history=_sound(answer).between(start, completed[-1]))

    async def _answers(self, ticker: str, session: date, as_of: datetime) -> Answers:
        span = timedelta(days=self._settings.news_days)
        shown = session_back(session, self._settings.sessions - 1, listing_of(ticker).calendar)

        # Quoted, for a record of a type to come is a class that would be made here, on the event loop, every time.
        def once(question: "Question[T]") -> Coroutine[Any, Any, Answer[T]]:
            return self._once(question, session, lambda: self._chain.ask(question))

        company = asyncio.gather(
            once(IdentityQuestion(ticker=ticker, as_of=as_of)),
            self._once(("prices", ticker), session, lambda: self._windows.covering(ticker, shown, session, session)),
            once(FundamentalsQuestion(ticker=ticker, as_of=as_of)),
            once(EarningsQuestion(ticker=ticker, as_of=as_of)),
            once(InsidersQuestion(ticker=ticker, start=session - timedelta(days=INSIDER_DAYS), end=session)),
        )
        talk = asyncio.gather(
            once(NewsQuestion(ticker=ticker, start=as_of - span, end=as_of)),
            once(MarketNewsQuestion(start=as_of - span, end=as_of)),
            once(SocialQuestion(ticker=ticker, start=session - span, end=session)),
            once(PostsQuestion(ticker=ticker, start=as_of - span, end=as_of)),
        )
        facts, said = await asyncio.gather(company, talk)
        return Answers(*facts, *said)

    async def _once(self, key: Hashable, session: date, ask: Callable[[], Coroutine[Any, Any, Answer[T]]]) -> Answer[T]:
        """The answer in memory, or the one somebody is waiting for already, or a new one."""
        kept: Answered[T] | None = self._kept.get(session, {}).get(key)
        if kept is not None:
            return kept
        answer = await self._flights.join((key, session), ask)
        if isinstance(answer, Answered):
            self._keep(key, session, answer)
        return answer

    def _keep(self, key: Hashable, session: date, answer: Answered[Any]) -> None:
        self._kept.setdefault(session, {})[key] = answer
        for oldest in list(self._kept)[:-SESSIONS_KEPT]:
            del self._kept[oldest]


def _sound(answer: Answered[PriceHistory]) -> PriceHistory:
    """The history as books may be settled at it; what later bars prove of earlier ones counts."""
    exchange, past = listing_of(answer.facts.ticker).calendar, answer.facts
    traded = [bar for bar in past.bars if is_session(bar.session, exchange)]
    if past.provisional:
        raise VendorError(f"{answer.source}: the splits or dividends of {past.ticker} could not be had")
    found = judge(traded, past.splits, past.dividends, exchange)
    if found.broken:
        raise VendorError(f"{answer.source}: the prices of {past.ticker} cannot be used: {found.broken}")
    # A book is not settled at what the next bar may prove to be an error.
    return past.model_copy(update={"bars": found.bars[:-1] if found.unconfirmed else found.bars})


def untradable(ticker: str, currency: str) -> str | None:
    """Why no book can hold it, if none can."""
    if currency == BOOK_CURRENCY:
        return None
    return f"{ticker} trades in {currency} and books are kept in US dollars, without exchange rates"
