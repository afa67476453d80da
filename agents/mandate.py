"""The rules a desk trades under and the book it has, as its roles are told them, and the forms that hold to them."""

from decimal import Decimal

from agents.figures import dollars, figure
from arena.records.desk import Mandate, MarginPlan, PortfolioView, PositionView, TraderPlan
from arena.records.outcome import Decision, MarginDecision
from arena.records.shares import shares_text
from arena.records.terms import Margin

_FILLS = {
    "next_open": "orders fill at the next session's open",
    "next_close": "orders fill at the next session's close",
    "same_close": "orders fill at this close",
}


def rules(mandate: Mandate, refusal: str | None) -> str:
    """What holds for every order; `refusal` is why this ticker's are not traded, where they are not."""
    terms = mandate.terms
    sides = "long or short" if terms.margin else "long only"
    told = [f"{sides}, {'fractional' if terms.fractional else 'whole'} shares"]
    if terms.margin is not None:
        told += _margin(terms.margin)
    if terms.cash_rate:
        told.append(f"cash earns {_percent(terms.cash_rate)} a year")
    told += [
        _FILLS[mandate.fill],
        f"at most {_percent(mandate.position_limit)} of equity in one ticker",
        f"slippage {figure(mandate.slippage_bps)} bp, commission {figure(mandate.commission_bps)} bp",
    ]
    recorded = f" What is decided here is recorded and not traded: {refusal}." if refusal else ""
    return f"{'; '.join(told)}.{recorded}"


def sizes(mandate: Mandate) -> str:
    """What a fraction is a part of."""
    if mandate.terms.margin is None:
        return "how much of the available cash (BUY) or of the shares held (SELL)"
    return (
        "how much of the available cash (BUY), of the shares held (SELL), of what margin allows to be sold short (SELL "
        "without shares) or of the short to cover (BUY while short)"
    )


def selling(mandate: Mandate) -> str:
    """What SELL needs."""
    if mandate.terms.margin is None:
        return "SELL needs shares in your book."
    return "SELL without shares in your book sells short, and BUY while short covers."


def plan_form(mandate: Mandate) -> type[TraderPlan]:
    """The form of the trader's proposal."""
    return TraderPlan if mandate.terms.margin is None else MarginPlan


def decision_form(mandate: Mandate) -> type[Decision]:
    """The form of the decision."""
    return Decision if mandate.terms.margin is None else MarginDecision


def book(portfolio: PortfolioView) -> str:
    """A contestant's book in one paragraph."""
    held = "; ".join(_holding(position) for position in portfolio.positions if position.shares > 0)
    short = "; ".join(_short(position) for position in portfolio.positions if position.shares < 0)
    told = [
        f"{_money(portfolio.available)} available cash, equity {_money(portfolio.equity)}",
        f"holding {held}" if held else "no shares held",
    ]
    if short:
        told += [f"short {short}", f"margin for that {dollars(portfolio.margin)}, cash {_money(portfolio.cash)}"]
    if portfolio.margin_calls:
        told.append(f"margin is called: {', '.join(portfolio.margin_calls)} will be covered at the next open")
    return f"{'; '.join(told)}."


def _margin(margin: Margin) -> list[str]:
    told = [
        "SELL without shares sells short, BUY while short covers, and no order turns a holding into a short or back",
        f"cash, with what short sales brought, must be {_percent(margin.initial)} of what all shorts are worth when a "
        f"position is opened, and {_percent(margin.maintenance)} at every close, or all shorts are covered at the "
        "next open",
        "who is short pays the dividends",
    ]
    if margin.borrow_rate:
        told.append(f"borrowed shares cost {_percent(margin.borrow_rate)} a year")
    return told


def _holding(position: PositionView) -> str:
    return (
        f"{shares_text(position.shares)} {position.ticker} at an average cost of {dollars(position.average_cost)}, "
        f"worth {dollars(position.value)} on {position.marked}"
    )


def _short(position: PositionView) -> str:
    return (
        f"{shares_text(-position.shares)} {position.ticker} sold at {dollars(position.average_cost)} on average, "
        f"worth {dollars(-position.value)} on {position.marked}"
    )


def _money(amount: Decimal) -> str:
    """Dollars that may be owed: $5.00, or -$5.00."""
    return dollars(amount) if amount >= 0 else f"-{dollars(-amount)}"


def _percent(part: Decimal) -> str:
    return f"{figure(100 * part)}%"
