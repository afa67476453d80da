"""The snapshot: vendors' answers cut at one instant and frozen, and its place among content-addressed files.

`assemble` is pure. `save` and `load` keep a snapshot under its own hash, so that a file can prove what it is.
"""

import re
from datetime import date, datetime
from pathlib import Path

from pydantic import ValidationError

from arena.config.market import MarketSettings
from arena.errors import StoreError
from arena.market.answers import Answers
from arena.market.listings import listing_of
from arena.market.sections import (
    earnings_section,
    fundamentals_section,
    identity_section,
    indicator_section,
    insider_section,
    news_section,
    post_section,
    price_section,
    social_section,
)
from arena.market.whole import write_whole
from arena.records.market import MarketSnapshot

_HASH = re.compile(r"[0-9a-f]{64}")


def assemble(ticker: str, session: date, as_of: datetime, answers: Answers, settings: MarketSettings) -> MarketSnapshot:
    """All that may be known about the ticker at `as_of`, the close of `session`; nothing later gets in.

    A section is `ok`, `no_data` (there is nothing, or no vendor offers it), `stale` (prices that end more than
    three sessions before `session`, and what is computed from them) or `error` (a vendor that may know failed, or
    its facts cannot be believed; the notes say why).
    """
    prices, jumps = price_section(answers.prices, session, settings.sessions)
    days, periods = settings.news_days, settings.periods
    return MarketSnapshot(
        ticker=ticker,
        as_of=as_of,
        session=session,
        identity=identity_section(answers.identity, as_of),
        prices=prices,
        indicators=indicator_section(prices, jumps),
        fundamentals=fundamentals_section(answers.fundamentals, session, prices, periods),
        earnings=earnings_section(answers.earnings, as_of, session, periods),
        insiders=insider_section(answers.insiders, session, listing_of(ticker).calendar),
        news=news_section(answers.news, as_of, days),
        market_news=news_section(answers.market_news, as_of, days),
        social=social_section(answers.social, session, days),
        posts=post_section(answers.posts, as_of, days),
    )


def save(snapshot: MarketSnapshot, folder: Path) -> Path:
    """Write the snapshot to `folder` as `{hash}.json`, whole or not at all; the folder is made if need be."""
    written = snapshot.written()
    path = folder / f"{snapshot.hash}.json"
    try:
        write_whole(path, written)
    except OSError as error:
        raise StoreError(f"the snapshot cannot be written to {folder}: {error.strerror}") from error
    return path


def load(content_hash: str, folder: Path) -> MarketSnapshot:
    """The snapshot with that hash; StoreError when it is missing, unreadable or has other content."""
    if not _HASH.fullmatch(content_hash):
        raise StoreError(f"{content_hash[:80]!r} is not a snapshot's hash: 64 hexadecimal digits")
    path = folder / f"{content_hash}.json"
    if not path.exists():
        raise StoreError(f"there is no snapshot {content_hash[:12]} in {folder}")
    snapshot = read(path)
    if snapshot.hash != content_hash:
        raise StoreError(f"{path} has been changed: its content has the hash {snapshot.hash[:12]}")
    return snapshot


def read(path: Path) -> MarketSnapshot:
    """The snapshot in a file of any name; StoreError when it cannot be read or holds something else."""
    try:
        return MarketSnapshot.model_validate_json(path.read_bytes())
    except OSError as error:
        raise StoreError(f"the snapshot {path} cannot be read: {error.strerror}") from error
    except ValidationError as error:
        raise StoreError(f"{path} does not hold a snapshot; it is damaged or of another version") from error


def beginning_with(beginning: str, folder: Path) -> tuple[str, ...]:
    """The hashes of the snapshots in `folder` that begin so, in order."""
    if not re.fullmatch(r"[0-9a-f]{1,64}", beginning):
        return ()
    return tuple(sorted(path.stem for path in folder.glob(f"{beginning}*.json") if _HASH.fullmatch(path.stem)))
