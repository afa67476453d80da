"""Rules that follow a technical indicator: in the ticker while it says so, out of it while it says the opposite.

They look at where an indicator stands and not only at the session of a crossing, so that a round a week sees every
crossing too; the one difference is the first round, which joins a trend under way. NoGroundsError for too few bars.
"""

from collections.abc import Callable, Sequence

from arena.baselines.situation import NoGroundsError, Situation, enter_or_leave
from arena.market.indicators import Series, indicator, kdj
from arena.records.market import Bar, Split
from arena.records.outcome import Action, Decision

OVERSOLD, OVERBOUGHT = 30.0, 70.0
"""Of RSI, as Wilder has them."""

J_LOW, J_HIGH = 20.0, 80.0
"""Of the stochastic oscillator, as Lane has them."""

ENTRY = -1.0
"""Standard deviations below the mean at which a reversion is expected."""


def macd(situation: Situation) -> Decision:
    """In while the MACD line (12, 26) is above its signal line (9), out while it is below.

    Appel, "The Moving Average Convergence-Divergence Trading Method", 1979.
    """
    found = _newest(situation, "macd_hist", lambda bars, splits: indicator("macd", bars, splits))
    return enter_or_leave(situation, _sign(found), f"the MACD line is {found:+.4f} from its signal line")


def sma_cross(situation: Situation, fast: int, slow: int) -> Decision:
    """In while the fast simple moving average is above the slow one, out while it is below; 50 and 200 are usual.

    Brock, Lakonishok and LeBaron, "Simple Technical Trading Rules and the Stochastic Properties of Stock Returns",
    Journal of Finance 47(5), 1992.
    """
    below = _newest(situation, f"sma_{slow}", lambda bars, splits: indicator("sma", bars, splits, slow))
    gap = _newest(situation, f"sma_{fast}", lambda bars, splits: indicator("sma", bars, splits, fast)) - below
    return enter_or_leave(situation, _sign(gap), f"the mean of {fast} sessions is {gap:+.4f} from that of {slow}")


def kdj_rsi(situation: Situation) -> Decision:
    """In when J of KDJ (9, 3, 3) is below 20 and RSI (14) below 30, out when J is above 80 and RSI above 70.

    Lane, "Lane's Stochastics", 1984, and Wilder, "New Concepts in Technical Trading Systems", 1978; together as in
    Xiao et al., "TradingAgents", arXiv 2412.20138, 2024.
    """
    j = _newest(situation, "kdj_j", kdj)
    rsi = _newest(situation, "rsi_14", lambda bars, splits: indicator("rsi", bars, splits, 14))
    signal: Action = "HOLD"
    if j < J_LOW and rsi < OVERSOLD:
        signal = "BUY"
    elif j > J_HIGH and rsi > OVERBOUGHT:
        signal = "SELL"
    return enter_or_leave(situation, signal, f"J is {j:.2f} and RSI {rsi:.2f}")


def zero_mean_reversion(situation: Situation) -> Decision:
    """In when the close is a standard deviation below its mean of 20 sessions, out when it is back at the mean.

    z = (close - mean) / population standard deviation, measured against the zero line. Poterba and Summers, "Mean
    Reversion in Stock Prices", Journal of Financial Economics 22(1), 1988; as a baseline in Xiao et al.,
    "TradingAgents", arXiv 2412.20138, 2024. Where the price did not move there is no deviation, and no signal.
    """
    middle = _newest(situation, "boll_mid", _bands)
    upper = _newest(situation, "boll_upper", _bands)
    # The upper band is two standard deviations up.
    spread = (upper - middle) / 2
    if spread <= 0:
        return enter_or_leave(situation, "HOLD", "the price did not move in 20 sessions")
    z = (float(situation.close) - middle) / spread
    signal: Action = "BUY" if z <= ENTRY else "SELL" if z >= 0 else "HOLD"
    return enter_or_leave(situation, signal, f"the close is {z:+.2f} standard deviations from its mean of 20 sessions")


def _sign(gap: float) -> Action:
    return "BUY" if gap > 0 else "SELL" if gap < 0 else "HOLD"


def _bands(bars: Sequence[Bar], splits: Sequence[Split]) -> Series:
    return indicator("bollinger", bars, splits, 20)


def _newest(situation: Situation, name: str, of: Callable[[Sequence[Bar], Sequence[Split]], Series]) -> float:
    """The newest value of an indicator's series over the snapshot's bars."""
    prices = situation.snapshot.prices
    try:
        value = of(prices.bars, prices.splits)[name][-1]
    except ValueError as error:
        raise NoGroundsError(str(error)) from None
    if value is None:
        raise NoGroundsError(f"{name} is undefined at {prices.bars[-1].session}")
    return value
