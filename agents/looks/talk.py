"""Looks at what is written and said; all of it is text from outside and stands inside the fence."""

from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import Field

from agents.figures import signed
from agents.looks.request import Arguments, missing
from agents.quoting import fenced
from arena.records.market import MarketSnapshot, NewsItem, SocialPost


class NewsSearchArguments(Arguments):
    """Articles, newest first."""

    about: Literal["company", "market"]
    """The company, or the market and the economy as a whole."""
    query: str
    """Words of which one must occur in title or summary; empty for all."""
    limit: Annotated[int, Field(ge=1, le=30)]
    """How many articles, 1 to 30."""


class PostsArguments(Arguments):
    """Posts on public feeds, newest first."""

    limit: Annotated[int, Field(ge=1, le=30)]
    """How many posts, 1 to 30."""


class SocialSentimentArguments(Arguments):
    """Mentions and mean sentiment by day, newest first."""

    days: Annotated[int, Field(ge=1, le=60)]
    """How many days, 1 to 60."""


def news_search(snapshot: MarketSnapshot, asked: NewsSearchArguments) -> str:
    """Articles in which one of the words occurs, quoted."""
    section = snapshot.news if asked.about == "company" else snapshot.market_news
    if gap := missing(section, "news" if asked.about == "company" else "market_news"):
        return gap
    words = asked.query.lower().split()
    found = [
        item
        for item in section.items
        if not words or any(word in f"{item.title} {item.summary}".lower() for word in words)
    ][: asked.limit]
    if not found:
        return f"None of the {len(section.items)} articles holds any of: {', '.join(words)}."
    return fenced(_news_line(item) for item in found)


def _news_line(item: NewsItem) -> str:
    score = "none" if item.sentiment is None else signed(item.sentiment)
    publisher, title, summary = map(_field, (item.publisher or "publisher unknown", item.title, item.summary))
    return f"{_instant(item.published)} | {publisher} | vendor sentiment {score} | {title}. {summary}"


def posts(snapshot: MarketSnapshot, asked: PostsArguments) -> str:
    """The newest posts, quoted."""
    if gap := missing(snapshot.posts, "posts"):
        return gap
    return fenced(_post_line(post) for post in snapshot.posts.posts[: asked.limit])


def _post_line(post: SocialPost) -> str:
    score = "" if post.score is None else f" | score {post.score}"
    author, text = _field(post.author) or "author unknown", _field(post.text)
    return f"{_instant(post.posted)} | {author} | tagged {post.leaning or 'none'}{score} | {text}"


def social_sentiment(snapshot: MarketSnapshot, asked: SocialSentimentArguments) -> str:
    """Mentions and sentiment of the newest days."""
    if gap := missing(snapshot.social, "social"):
        return gap
    rows = [f"{d.day},{d.mentions},{signed(d.sentiment)}" for d in snapshot.social.days[: asked.days]]
    return "\n".join(["day,mentions,sentiment", *rows])


def _field(text: str) -> str:
    """Outside text that cannot pass for the line's next field."""
    return text.replace("|", "/")


def _instant(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
