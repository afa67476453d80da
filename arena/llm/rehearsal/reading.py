"""What a rehearsal analyst makes of the data: plain figures, and a sentiment computed from them."""

from collections.abc import Callable, Sequence
from math import tanh

from arena.llm.rehearsal.figures import Figure, statement, table, vendor_sentiments

Reading = tuple[tuple[Figure, ...], float]
"""The figures found, and the sentiment from -1 to 1 they come to."""


def read_market(texts: Sequence[str], close: float | None) -> Reading:
    """Trend over 20 sessions, distance to the 50-session average, and how stretched the RSI is."""
    figures = [Figure("last_close", close, "USD")] if close is not None else []
    closes = [row["close"] for row in table(texts, "open", "close") if "close" in row]
    pull = 0.0
    if len(closes) > 20:
        change = 100 * (closes[-1] / closes[-21] - 1)
        figures.append(Figure("change_20_sessions", round(change, 2), "percent"))
        pull += change / 10
    averages = _latest(table(texts, "sma_50"), "sma_50")
    if averages is not None and closes:
        distance = 100 * (closes[-1] / averages - 1)
        figures.append(Figure("distance_to_sma_50", round(distance, 2), "percent"))
        pull += distance / 20
    rsi = _latest(table(texts, "rsi_14"), "rsi_14")
    if rsi is not None:
        figures.append(Figure("rsi_14", round(rsi, 2), "index"))
    histogram = _latest(table(texts, "macd_hist"), "macd_hist")
    if histogram is not None:
        figures.append(Figure("macd_hist", round(histogram, 4), "USD"))
        pull += 0.2 if histogram > 0 else -0.2
    return tuple(figures), _bounded(pull)


def read_fundamentals(texts: Sequence[str], close: float | None) -> Reading:
    """Growth against the same quarter a year ago, net margin, what a dollar of earnings costs, the last surprise."""
    figures: list[Figure] = []
    pull = 0.0
    revenue = statement(texts, "total_revenue")
    income = statement(texts, "net_income")
    earnings = statement(texts, "diluted_eps")
    if len(revenue) > 4 and revenue[4]:
        growth = 100 * (revenue[0] / revenue[4] - 1)
        figures.append(Figure("revenue_growth_yoy", round(growth, 2), "percent"))
        pull += growth / 25
    if revenue and income and revenue[0]:
        margin = 100 * income[0] / revenue[0]
        figures.append(Figure("net_margin", round(margin, 2), "percent"))
        pull += (margin - 8) / 30
    if close is not None and len(earnings) >= 4 and sum(earnings[:4]) > 0:
        multiple = close / sum(earnings[:4])
        figures.append(Figure("price_to_earnings", round(multiple, 2), "ratio"))
        pull += (22 - multiple) / 25
    surprises = [row["surprise_percent"] for row in table(texts, "surprise_percent") if "surprise_percent" in row]
    if surprises:
        figures.append(Figure("last_earnings_surprise", surprises[0], "percent"))
        pull += surprises[0] / 100
    return tuple(figures), _bounded(pull)


def read_news(texts: Sequence[str], close: float | None) -> Reading:  # noqa: ARG001 -- one signature for all
    """How many articles there are, and how they lean by the vendor's own scores."""
    count, scores = vendor_sentiments(texts)
    figures = [Figure("articles", float(count), "count")]
    if not scores:
        return tuple(figures), 0.0
    mean = sum(scores) / len(scores)
    figures.append(Figure("mean_news_sentiment", round(mean, 3), "score"))
    return tuple(figures), _bounded(2 * mean)


def read_social(texts: Sequence[str], close: float | None) -> Reading:  # noqa: ARG001 -- one signature for all
    """How much is said a day, how it leans, and whether that turned in the last three days."""
    rows = [row for row in table(texts, "mentions", "sentiment") if {"mentions", "sentiment"} <= row.keys()]
    if not rows:
        return (Figure("days_with_mentions", 0.0, "count"),), 0.0
    moods = [row["sentiment"] for row in rows]
    mean = sum(moods) / len(moods)
    figures = [
        Figure("mentions_per_day", round(sum(row["mentions"] for row in rows) / len(rows), 1), "count"),
        Figure("mean_social_sentiment", round(mean, 3), "score"),
    ]
    pull = 1.5 * mean
    if len(moods) > 3:
        turn = sum(moods[:3]) / 3 - mean
        figures.append(Figure("social_turn_3_days", round(turn, 3), "score"))
        pull += turn
    return tuple(figures), _bounded(pull)


READERS: dict[str, Callable[[Sequence[str], float | None], Reading]] = {
    "market": read_market,
    "fundamentals": read_fundamentals,
    "news": read_news,
    "social": read_social,
}


def _latest(rows: Sequence[dict[str, float]], column: str) -> float | None:
    values = [row[column] for row in rows if column in row]
    return values[-1] if values else None


def _bounded(pull: float) -> float:
    return round(tanh(pull), 2)
