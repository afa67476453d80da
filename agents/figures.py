"""Numbers as text, with every digit they have: a figure reaches a model as it was found."""

from decimal import Decimal

from arena.records.base import micro


def figure(value: float | Decimal) -> str:
    """The number with every digit it has and no others; an exponent only beyond 20 digits either side of the point."""
    exact = value if isinstance(value, Decimal) else Decimal(repr(value))
    if not exact:
        return "0"
    if abs(exact.adjusted()) > 20:
        return str(exact).lower()
    written = f"{exact:f}"
    return written.rstrip("0").rstrip(".") if "." in written else written


def signed(sentiment: float) -> str:
    """With its sign and at least two decimals, as scores are written."""
    whole, _, decimals = f"{Decimal(repr(sentiment + 0.0)):+f}".partition(".")
    return f"{whole}.{decimals:0<2}"


def dollars(amount: Decimal) -> str:
    """Dollars and cents, and the fractions of a cent where there are any."""
    whole, _, cents = f"{micro(amount):,f}".partition(".")
    return f"${whole}.{cents:0<2}"
