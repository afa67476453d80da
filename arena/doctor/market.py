"""Market vendors: does each one answer a small question."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from arena.config.market import MarketSettings, VendorName
from arena.doctor.finding import Finding, failed, ok, warning
from arena.errors import ConfigError, MissingKeyError
from arena.market.answers import Answer, Answered
from arena.market.chain import VendorChain
from arena.market.questions import PostsQuestion, PricesQuestion, Question
from arena.market.vendors import build_vendors

_TICKER = "SPY"
_DAYS = 10
_FEEDS = ("stocktwits", "reddit")
"""Vendors that have posts and nothing else."""


async def vendor(
    name: VendorName,
    settings: MarketSettings,
    environ: Mapping[str, str],
    clock: Callable[[], datetime],
    folder: Path | None = None,
) -> Finding:
    """Ask one vendor for a few bars, a feed for a day's posts. A vendor that does not know the ticker has answered too.

    `folder` is where the count of a limited key's requests is kept.
    """
    title = f"vendor {name}"
    variable = settings.alpha_vantage.api_key_env
    if name == "alpha_vantage" and name != settings.vendors[0] and not environ.get(variable, "").strip():
        told = f"{variable} is not set, so what the vendors before it lack stays unknown"
        return warning(title, told, f"export {variable}=... or put it in .env, or take it from market.vendors")
    alone = settings.model_copy(update={"vendors": (name,), "chains": {}})
    try:
        vendors = build_vendors(alone, environ, folder)
    except MissingKeyError as error:
        return failed(title, str(error), f"export {variable}=... or put it in .env")
    except ConfigError as error:
        return failed(title, str(error), "put the market settings of the configuration right")
    now = clock()
    question: Question[Any]
    if name in _FEEDS:
        question = PostsQuestion(ticker=_TICKER, start=now - timedelta(days=_DAYS), end=now)
    else:
        question = PricesQuestion(ticker=_TICKER, start=now.date() - timedelta(days=_DAYS), end=now.date())
    answer: Answer[Any] = await VendorChain(vendors, alone, clock).ask(question)
    if isinstance(answer, Answered):
        told = f"{len(answer.facts)} posts" if name in _FEEDS else f"{len(answer.facts.bars)} bars"
        return ok(title, f"told {told} of {_TICKER} for the last {_DAYS} days")
    told = "; ".join(answer.notes)
    if answer.failed:
        return failed(title, told, "check the network and the vendor's key, or wait where it names a limit")
    return ok(title, f"answers, though not about {_TICKER} in the last {_DAYS} days ({told})")
