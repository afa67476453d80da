import pytest

from arena.errors import TickerError
from arena.market.tickers import check_ticker


@pytest.mark.parametrize(
    ("text", "ticker"),
    [("nvda", "NVDA"), (" BRK.B ", "BRK.B"), ("brk-b", "BRK-B"), ("EURUSD=X", "EURUSD=X"), ("7203.T", "7203.T")],
)
def test_a_ticker_is_trimmed_and_in_upper_case(text: str, ticker: str) -> None:
    assert check_ticker(text) == ticker


@pytest.mark.parametrize(
    "text",
    ["", "  ", "../../etc/x", "/ETC/X", "A/B", "..", ".A", "-A", "A" * 16, "A B", "A\nB", "A\0", "A_B", "A\\B"],
)
def test_what_is_no_ticker_is_refused(text: str) -> None:
    with pytest.raises(TickerError, match="is not a ticker"):
        check_ticker(text)


def test_a_long_text_is_not_repeated_at_length() -> None:
    with pytest.raises(TickerError) as caught:
        check_ticker("X" * 10_000)
    assert len(str(caught.value)) < 200
