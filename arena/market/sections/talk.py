"""What is written and said, as sections of the snapshot: articles, daily moods, posts."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from arena.market.answers import Answer, Unanswered
from arena.market.sections.days import start_of
from arena.records.market import NewsItem, NewsSection, PostSection, SocialDay, SocialPost, SocialSection


def news_section(answer: Answer[tuple[NewsItem, ...]], as_of: datetime, days: int) -> NewsSection:
    """The articles of the last `days` days before `as_of`, newest first."""
    if isinstance(answer, Unanswered):
        return NewsSection(status=answer.status, retrieved=answer.retrieved, notes=answer.notes)
    items = [item for item in answer.facts if as_of - timedelta(days=days) <= item.published <= as_of]
    items.sort(key=lambda item: (item.published, item.title, item.url), reverse=True)
    return NewsSection(
        status="ok" if items else "no_data",
        source=answer.source,
        observed=items[0].published if items else None,
        retrieved=answer.retrieved,
        notes=(*answer.notes, *_doubts(items)),
        items=tuple(items),
    )


def _doubts(items: Sequence[NewsItem]) -> tuple[str, ...]:
    doubts = Counter(item.doubt for item in items if item.doubt)
    return tuple(f"{count} of {len(items)} articles: {doubt}" for doubt, count in sorted(doubts.items()))


def social_section(answer: Answer[tuple[SocialDay, ...]], session: date, days: int) -> SocialSection:
    """The daily aggregates of the last `days` days up to `session`, newest first."""
    if isinstance(answer, Unanswered):
        return SocialSection(status=answer.status, retrieved=answer.retrieved, notes=answer.notes)
    found = [day for day in answer.facts if session - timedelta(days=days) <= day.day <= session]
    found.sort(key=lambda day: day.day, reverse=True)
    return SocialSection(
        status="ok" if found else "no_data",
        source=answer.source,
        observed=start_of(found[0].day) if found else None,
        retrieved=answer.retrieved,
        notes=answer.notes,
        days=tuple(found),
    )


def post_section(answer: Answer[tuple[SocialPost, ...]], as_of: datetime, days: int) -> PostSection:
    """The posts of the last `days` days before `as_of`, newest first."""
    if isinstance(answer, Unanswered):
        return PostSection(status=answer.status, retrieved=answer.retrieved, notes=answer.notes)
    posts = [post for post in answer.facts if as_of - timedelta(days=days) <= post.posted <= as_of]
    posts.sort(key=lambda post: (post.posted, post.author, post.text), reverse=True)
    return PostSection(
        status="ok" if posts else "no_data",
        source=answer.source,
        observed=posts[0].posted if posts else None,
        retrieved=answer.retrieved,
        notes=answer.notes,
        posts=tuple(posts),
    )
