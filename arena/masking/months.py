"""The months as English writes them."""

NAMES = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)

MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?"
    r"|Nov(?:ember)?|Dec(?:ember)?)"
)
"""A month as a regular expression, whole or short, without a full stop; for use with IGNORECASE."""

_SHORT = 3


def month_of(written: str) -> int:
    """The month, 1 to 12, of a name that MONTH matches."""
    return next(n for n, name in enumerate(NAMES, 1) if name.lower().startswith(written.lower()[:_SHORT]))


def spelled_like(month: int, written: str) -> str:
    """Another month's name in the length and the letters, small or capital, in which one was written."""
    name = NAMES[month - 1]
    if written.lower() != NAMES[month_of(written) - 1].lower():
        name = name[:_SHORT]
    if written.isupper():
        return name.upper()
    return name.lower() if written.islower() else name
