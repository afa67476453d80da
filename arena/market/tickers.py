"""What may be called a ticker, so that nothing else reaches a vendor, a URL or a file name."""

import re

from arena.errors import TickerError

TICKER = r"[A-Z0-9][A-Z0-9.\-=^]{0,14}"
"""A ticker as a regular expression: no slash, no space, never a leading dot."""

LONGEST_TICKER = 15
"""Characters; what is longer is no ticker."""

_WHOLE = re.compile(TICKER)


def check_ticker(text: str) -> str:
    """The ticker in upper case, without surrounding white space; TickerError for anything else.

    Dots, dashes, `=` and `^` occur in real ones (BRK.B, BRK-B, EURUSD=X, ^GSPC, which is written GSPC here
    because a ticker begins with a letter or digit).
    """
    ticker = text.strip().upper()
    if not _WHOLE.fullmatch(ticker):
        raise TickerError(
            f"{text[:40]!r} is not a ticker: 1 to 15 letters, digits and . - = ^, beginning with a letter or digit"
        )
    return ticker
