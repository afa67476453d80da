"""Numbers for people: money from Decimal without a float between, and unknown never shown as zero."""

from datetime import UTC, datetime
from decimal import Decimal

from arena.records.chat import Cost
from arena.records.shares import shares_text

UNKNOWN = "—"


def dollars(total: Decimal) -> str:
    """Dollars to the cent: $10,032.22, or -$5.00."""
    rounded = f"{total:,.2f}"
    return f"-${rounded[1:]}" if rounded.startswith("-") and _shows(rounded) else f"${rounded.lstrip('-')}"


def gain(total: Decimal) -> str:
    """Dollars to the cent with their sign: +$32.22, -$5.00, $0.00."""
    return f"+{dollars(total)}" if total > 0 and _shows(f"{total:.2f}") else dollars(total)


def price(at: Decimal) -> str:
    """A price in dollars with every digit it has, two decimals at least: $343.91, $345.70, $0.1234."""
    return f"${amount(at)}"


def amount(number: Decimal) -> str:
    """A number with every digit it has, two decimals at least."""
    exponent = number.as_tuple().exponent
    decimals = max(2, -exponent) if isinstance(exponent, int) else 2
    return f"{number:,.{decimals}f}"


def change(percent: Decimal) -> str:
    """A percentage with its sign: +0.32%, -1.00%, 0.00%."""
    rounded = f"{percent:+,.2f}%"
    return rounded if _shows(rounded) else rounded[1:]


def part(of_one: float | None) -> str:
    """A part of one as a percentage: 80%; a dash where it is unknown."""
    return UNKNOWN if of_one is None else f"{of_one:.0%}"


def cost(spent: Cost) -> str:
    """What calls cost: $0.0123, $0, unknown, or $0.0123 + 3 calls unknown."""
    if not spent.unknown_calls:
        return _spent(spent.known)
    if not spent.known:
        return "unknown"
    return f"{_spent(spent.known)} + {plural(spent.unknown_calls, 'call')} unknown"


def count(number: int | None) -> str:
    """A count with thousands separators; a dash where it is unknown."""
    return UNKNOWN if number is None else f"{number:,}"


def shares(number: Decimal | None) -> str:
    """A count of shares with thousands separators and the decimals it has: 1,234.5; a dash where it is unknown."""
    return UNKNOWN if number is None else shares_text(number, grouped=True)


def plural(number: int, noun: str, several: str | None = None) -> str:
    """A count with its noun: 1 call, 16 calls."""
    return f"{number:,} {noun if number == 1 else several or noun + 's'}"


def instant(at: datetime | None) -> str:
    """An instant to the minute, in UTC; a dash where it is unknown."""
    return UNKNOWN if at is None else f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def seconds(span: float) -> str:
    """A span of time: 1.2 s, or 3:05 min from a minute on."""
    return f"{span:.1f} s" if span < 60 else f"{int(span) // 60}:{int(span) % 60:02} min"


def _spent(known: Decimal) -> str:
    if not known:
        return "$0"
    # Four decimals, unless that would make something into nothing.
    return f"${known:,.4f}" if known >= Decimal("0.00005") else f"${known:f}"


def _shows(rounded: str) -> bool:
    """Whether anything but zero is left after rounding."""
    return any(digit in "123456789" for digit in rounded)
