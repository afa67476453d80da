import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from arena.errors import VendorError
from arena.market.files.json_lines import TIMES_DISAGREE, read_news_lines, read_post_lines
from arena.records.market import NewsItem, SocialPost

EVER = (datetime(2000, 1, 1, tzinfo=UTC), datetime(2030, 1, 1, tzinfo=UTC))
NOON = datetime(2025, 10, 14, 12, tzinfo=UTC)


def lines(folder: Path, *entries: Any) -> Path:
    path = folder / "lines.jsonl"
    path.write_text("\n".join(entry if isinstance(entry, str) else json.dumps(entry) for entry in entries) + "\n")
    return path


def test_an_article_has_the_documented_fields(tmp_path: Path) -> None:
    entry = {
        "published": "2025-10-14T08:00:00-04:00",
        "title": "Acme",
        "summary": "More",
        "publisher": "Wire",
        "url": "https://x",
        "sentiment": -0.5,
    }
    assert read_news_lines(lines(tmp_path, entry), *EVER) == (
        NewsItem(published=NOON, title="Acme", summary="More", publisher="Wire", url="https://x", sentiment=-0.5),
    )


def test_other_names_for_the_same_fields_are_understood(tmp_path: Path) -> None:
    entry = {
        "published_utc": "2025-10-14T12:00:00",
        "title": "Acme",
        "description": "More",
        "publisher": {"name": "Wire"},
        "article_url": "https://x",
    }
    assert read_news_lines(lines(tmp_path, entry), *EVER) == (
        NewsItem(published=NOON, title="Acme", summary="More", publisher="Wire", url="https://x"),
    )


@pytest.mark.parametrize("hours", [8, -8])
def test_of_two_times_that_disagree_the_later_counts(tmp_path: Path, hours: int) -> None:
    entry = {"published_utc": "2025-10-14T12:00:00", "datetime": NOON.timestamp() - hours * 3600, "title": "Acme"}
    (item,) = read_news_lines(lines(tmp_path, entry), *EVER)
    assert item.published.hour == max(12, 12 - hours)
    assert item.doubt == TIMES_DISAGREE


def test_two_times_that_agree_leave_no_doubt(tmp_path: Path) -> None:
    entry = {"published_utc": "2025-10-14T12:00:00", "datetime": NOON.timestamp() + 30, "title": "Acme"}
    assert read_news_lines(lines(tmp_path, entry), *EVER)[0].doubt is None


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("{", "line 2: Expecting property name"),
        ("[]", "line 2: "),
        ({"title": "Acme"}, "line 2: it has no 'published_utc'"),
        ({"published": "in 2031 at 98765", "title": "Acme"}, "line 2: its time cannot be read"),
        ({"published": 7, "title": "Acme"}, "line 2: its time cannot be read"),
        ({"published": "2025-10-14T12:00:00"}, "line 2: it has no 'title'"),
        ({"published": "2025-10-14T12:00:00", "title": "A", "sentiment": 2}, "line 2: sentiment: Input should be less"),
    ],
)
def test_a_line_that_cannot_be_read_is_an_error_that_names_it(tmp_path: Path, entry: Any, said: str) -> None:
    path = lines(tmp_path, {"published": "2025-10-13T12:00:00", "title": "Sound"}, entry)
    with pytest.raises(VendorError) as caught:
        read_news_lines(path, *EVER)
    assert str(caught.value).startswith(f"lines.jsonl, {said}")
    assert "\n" not in str(caught.value)


def test_a_broken_line_of_a_later_time_changes_nothing_before_it(tmp_path: Path) -> None:
    broken = {"published": "2025-10-14T12:00:01", "title": "A", "sentiment": 2}
    path = lines(tmp_path, {"published": "2025-10-13T12:00:00", "title": "Sound"}, broken)
    assert [item.title for item in read_news_lines(path, EVER[0], NOON)] == ["Sound"]


def test_posts_come_newest_first_clean_and_cut(tmp_path: Path) -> None:
    posts = [
        {"posted": "2025-10-13T12:00:00Z", "text": "old"},
        {
            "posted": "2025-10-14T12:00:00Z",
            "text": "to\u0000 the\nmoon " + "x" * 2000,
            "author": "me",
            "url": "https://x",
            "leaning": "bullish",
            "score": 3,
        },
        {"posted": "2025-10-14T12:00:01Z", "text": "late"},
    ]
    newest, older = read_post_lines(lines(tmp_path, *posts), EVER[0], NOON)
    assert newest == SocialPost(
        posted=NOON, text=f"to the moon {'x' * 987}…", author="me", url="https://x", leaning="bullish", score=3
    )
    assert len(newest.text) == 1000
    assert older.text == "old"
    with pytest.raises(VendorError, match="line 1: leaning: Input should be 'bullish' or 'bearish'"):
        read_post_lines(lines(tmp_path, posts[0] | {"leaning": "sideways"}), *EVER)


def test_a_file_that_is_gone_or_no_text_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(VendorError, match=r"gone.jsonl cannot be read: No such file"):
        read_news_lines(tmp_path / "gone.jsonl", *EVER)
    (tmp_path / "bytes.jsonl").write_bytes(b"\xff\xfe")
    with pytest.raises(VendorError, match=r"bytes.jsonl cannot be read"):
        read_news_lines(tmp_path / "bytes.jsonl", *EVER)
