"""What was written and said about a company and the market, for people."""

from collections.abc import Iterator, Sequence

from rich.console import RenderableType

from arena import figures
from arena.cli.text import one_line
from arena.cli.views import tables
from arena.records.market import MarketSnapshot, NewsItem

_HEADLINES = 10
_MARKET_HEADLINES = 5
_DAYS = 7
_POSTS = 10


def news(snapshot: MarketSnapshot) -> Iterator[RenderableType]:
    """The newest headlines about the company, then those about the market."""
    yield from _headlines("", snapshot.news.items, _HEADLINES)
    yield from _headlines(" about the market", snapshot.market_news.items, _MARKET_HEADLINES)


def social(snapshot: MarketSnapshot) -> Iterator[RenderableType]:
    """The newest days' sentiment."""
    days = snapshot.social.days
    if not days:
        return
    yield tables.heading(tables.newest("social day", _DAYS, len(days)))
    table = tables.table("Day", "Mentions", "Sentiment", right=("Mentions", "Sentiment"))
    for day in days[:_DAYS]:
        table.add_row(str(day.day), figures.count(day.mentions), f"{day.sentiment:+.2f}")
    yield table


def posts(snapshot: MarketSnapshot) -> Iterator[RenderableType]:
    """The newest posts."""
    held = snapshot.posts.posts
    if not held:
        return
    yield tables.heading(tables.newest("post", _POSTS, len(held)))
    table = tables.table("Posted", "Author", "Text", "Leaning", "Score", right=("Score",), whole=("Posted",))
    for post in held[:_POSTS]:
        table.add_row(
            figures.instant(post.posted),
            one_line(post.author, 20),
            one_line(post.text, 160),
            post.leaning or figures.UNKNOWN,
            figures.count(post.score),
        )
    yield table


def _headlines(about: str, items: Sequence[NewsItem], most: int) -> Iterator[RenderableType]:
    if not items:
        return
    yield tables.heading(tables.newest(f"article{about}", most, len(items), f"articles{about}"))
    table = tables.table("Published", "Publisher", "Title", "Score", right=("Score",), whole=("Published", "Score"))
    for item in items[:most]:
        score = figures.UNKNOWN if item.sentiment is None else f"{item.sentiment:+.2f}"
        table.add_row(figures.instant(item.published), one_line(item.publisher, 30), one_line(item.title, 160), score)
    yield table
