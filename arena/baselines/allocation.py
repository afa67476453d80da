"""Rules that look at no signal: they only decide how cash is spread."""

from arena.baselines.situation import Situation, buy, hold, sell
from arena.records.outcome import Decision


def buy_and_hold(situation: Situation) -> Decision:
    """Buy an equal share of every ticker at the first chance and never sell.

    What active trading has to beat: Sharpe, "The Arithmetic of Active Management", Financial Analysts Journal 47(1),
    1991.
    """
    if situation.position is not None:
        return hold("bought once, and held")
    return buy(situation, situation.share, "an equal share of the equity, bought once")


def equal_weight(situation: Situation) -> Decision:
    """Bring every ticker back to one over the number of tickers of equity, as far as shares can be divided.

    DeMiguel, Garlappi and Uppal, "Optimal Versus Naive Diversification", Review of Financial Studies 22(5), 2009.
    """
    held, share, least = situation.position, situation.share, situation.least
    gap = share - (held.value if held else 0)
    why = f"equal weight is {share:,.2f} dollars, {gap:+,.2f} from what is held"
    if gap >= least:
        return buy(situation, gap, why)
    if held is not None and -gap >= least:
        return sell(min(1.0, float(-gap / held.value)), why)
    return hold(f"{why}: less than {situation.brief.mandate.terms.least}")
