import json
import subprocess
import sys
import time
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from arena.errors import VendorError
from arena.market.cache import AnswerCache, Told
from arena.market.calendar import close_of
from arena.market.lateness import FRESH
from arena.market.questions import (
    EarningsQuestion,
    FundamentalsQuestion,
    IdentityQuestion,
    InsidersQuestion,
    MarketNewsQuestion,
    NewsQuestion,
    PostsQuestion,
    PricesQuestion,
    SocialQuestion,
)
from arena.records.market import (
    Bar,
    Dividend,
    Earnings,
    EarningsReport,
    Fundamentals,
    Identity,
    Insiders,
    InsiderTrade,
    NewsItem,
    PriceHistory,
    PriceNote,
    SocialDay,
    SocialPost,
    Split,
    Statement,
)

SESSION = date(2025, 10, 14)
AS_OF = close_of(SESSION)
NOW = datetime(2025, 11, 3, 12, 0, 0, 123456, tzinfo=UTC)
START = AS_OF - timedelta(days=14)

IDENTITY = IdentityQuestion(ticker="ACME", as_of=AS_OF)
NEWS = NewsQuestion(ticker="ACME", start=START, end=AS_OF)
ARTICLE = NewsItem(published=AS_OF, title="Half a \ud83d and \x1b[31m", summary="é — \u2028", sentiment=0.1 + 0.2)
ODD = {"total_revenue": Decimal("1E+3"), "net_income": Decimal("-0.10"), "eps": Decimal("1.2300000000000000000000001")}
ANSWERS = [
    (IDENTITY, Identity(ticker="ACME", name="Acme Corp.", notes=("as of today",))),
    (
        PricesQuestion(ticker="ACME", start=SESSION, end=SESSION),
        PriceHistory(
            ticker="ACME",
            bars=(
                Bar(
                    session=SESSION,
                    open=Decimal("0.1"),
                    high=Decimal("495.2200000000000000000001"),
                    low=Decimal("0.00000001"),
                    close=Decimal("495.22"),
                    volume=10**15,
                ),
            ),
            dividends=(Dividend(ex_date=SESSION, amount=Decimal("0.0625")),),
            splits=(Split(ex_date=SESSION, ratio=Decimal(1) / 3),),
            notes=(PriceNote(text="a doubt", day=SESSION), PriceNote(text="another")),
        ),
    ),
    (
        FundamentalsQuestion(ticker="ACME", as_of=AS_OF),
        Fundamentals(
            statements=(Statement(kind="income", period="year", fiscal_end=SESSION, filed=None, items=ODD),),
            notes=("restated",),
        ),
    ),
    (
        EarningsQuestion(ticker="ACME", as_of=AS_OF),
        Earnings(
            reports=(EarningsReport(reported=AS_OF, eps_actual=Decimal("1.50"), surprise=1e-17),), expected=SESSION
        ),
    ),
    (
        InsidersQuestion(ticker="ACME", start=SESSION, end=SESSION),
        Insiders(
            trades=(InsiderTrade(traded=SESSION, filed=None, insider="N. N.", side="buy", shares=Decimal("1.5")),)
        ),
    ),
    (NEWS, (ARTICLE,)),
    (MarketNewsQuestion(start=START, end=AS_OF), ()),
    (
        SocialQuestion(ticker="ACME", start=SESSION, end=SESSION),
        (SocialDay(day=SESSION, mentions=3, sentiment=-0.123456789012345678),),
    ),
    (
        PostsQuestion(ticker="ACME", start=START, end=AS_OF),
        (SocialPost(posted=AS_OF, text="up", leaning="bullish", score=-3),),
    ),
]


class Clock:
    """A clock that stands where it is put."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


def cache(folder: Path, now: datetime = NOW, **options: bool) -> AnswerCache:
    return AnswerCache(folder, Clock(now), **options)


def only_file(folder: Path) -> Path:
    (file,) = folder.rglob("*.json")
    return file


@pytest.mark.parametrize(("question", "facts"), ANSWERS, ids=lambda value: type(value).__name__)
def test_an_answer_comes_back_as_it_was_to_the_last_digit(tmp_path, question, facts):
    cache(tmp_path).write("yahoo", question, Told(facts, NOW))
    told = cache(tmp_path).read("yahoo", question)
    assert told == Told(facts, NOW)
    # Equal numbers may be written with more digits or fewer.
    assert question.facts.dump_python(told.facts, mode="json") == question.facts.dump_python(facts, mode="json")


def test_an_answer_serves_its_own_question_to_its_own_vendor_only(tmp_path):
    kept = cache(tmp_path)
    kept.write("yahoo", NEWS, Told((ARTICLE,), NOW))
    assert kept.read("alpha_vantage", NEWS) is None
    for other in (
        NEWS.model_copy(update={"ticker": "ACMEX"}),
        NEWS.model_copy(update={"end": AS_OF - timedelta(seconds=1)}),
        NEWS.model_copy(update={"start": START - timedelta(seconds=1)}),
        PostsQuestion(ticker="ACME", start=START, end=AS_OF),
    ):
        assert kept.read("yahoo", other) is None
    assert kept.read("yahoo", NEWS.model_copy()) is not None


def test_what_may_still_change_serves_for_a_quarter_of_an_hour_and_the_rest_for_ever(tmp_path):
    asked = AS_OF + timedelta(minutes=5)
    cache(tmp_path).write("yahoo", NEWS, Told((ARTICLE,), asked))
    assert cache(tmp_path, asked + FRESH).read("yahoo", NEWS) == Told((ARTICLE,), asked)
    assert cache(tmp_path, asked + FRESH + timedelta(seconds=1)).read("yahoo", NEWS) is None
    assert cache(tmp_path, asked - timedelta(seconds=1)).read("yahoo", NEWS) is None
    cache(tmp_path).write("yahoo", NEWS, Told((), NOW))
    assert cache(tmp_path, NOW + timedelta(days=3650)).read("yahoo", NEWS) == Told((), NOW)


@pytest.mark.parametrize(("question", "facts"), [ANSWERS[1], ANSWERS[3]], ids=["prices", "earnings"])
def test_what_is_provisional_serves_for_a_quarter_of_an_hour_however_old_its_question(tmp_path, question, facts):
    provisional = Told(facts.model_copy(update={"provisional": True}), NOW)
    cache(tmp_path).write("alpha_vantage", question, provisional)
    assert cache(tmp_path, NOW + FRESH).read("alpha_vantage", question) == provisional
    much_later = cache(tmp_path, NOW + FRESH + timedelta(seconds=1))
    assert much_later.read("alpha_vantage", question) is None
    much_later.write("alpha_vantage", question, Told(facts, NOW))
    assert much_later.read("alpha_vantage", question) == Told(facts, NOW)


def test_a_refreshed_cache_counts_only_what_was_told_since_and_replaces_the_rest(tmp_path):
    cache(tmp_path).write("yahoo", NEWS, Told((), NOW))
    later = NOW + timedelta(minutes=1)
    fresh = cache(tmp_path, later, refresh=True)
    assert fresh.read("yahoo", NEWS) is None
    fresh.write("yahoo", NEWS, Told((ARTICLE,), later))
    assert fresh.read("yahoo", NEWS) == cache(tmp_path).read("yahoo", NEWS) == Told((ARTICLE,), later)


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: "",
        lambda text: text[: len(text) // 2],
        lambda text: "[" * 100_000,
        lambda text: "[]",
        lambda text: "\x00\xff",
        lambda text: text.replace('"format": 2', '"format": 1'),
        lambda text: text.replace('"format": 2', '"format": 2, "more": 1'),
        lambda text: text.replace('"title"', '"headline"'),
        lambda text: text.replace('"yahoo"', '"files"'),
        lambda text: text.replace('"ACME"', '"EMCA"'),
        lambda text: text.replace('"retrieved": "2025', '"retrieved": "x025'),
    ],
)
def test_a_file_that_is_damaged_or_of_another_version_is_passed_over_with_a_word_in_the_log(tmp_path, caplog, damage):
    kept = cache(tmp_path)
    kept.write("yahoo", NEWS, Told((ARTICLE,), NOW))
    file = only_file(tmp_path)
    whole = file.read_text()
    assert damage(whole) != whole
    file.write_text(damage(whole), encoding="latin-1")
    assert kept.read("yahoo", NEWS) is None
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert str(file) in caplog.text
    kept.write("yahoo", NEWS, Told((ARTICLE,), NOW))
    assert kept.read("yahoo", NEWS) == Told((ARTICLE,), NOW)
    assert file.read_text() == whole


def test_nothing_is_left_beside_an_answer_and_nothing_is_written_by_looking(tmp_path):
    folder = tmp_path / "cache"
    assert cache(folder).read("yahoo", NEWS) is None
    assert not folder.exists()
    cache(folder).write("yahoo", NEWS, Told((), NOW))
    assert [path.suffix for path in folder.rglob("*") if path.is_file()] == [".json"]
    assert json.loads(only_file(folder).read_text())["question"] == NEWS.model_dump(mode="json")


def test_a_folder_that_takes_nothing_costs_only_the_keeping(tmp_path, caplog):
    (tmp_path / "cache").write_text("a file where the folder should be")
    kept = cache(tmp_path / "cache")
    with kept.alone("yahoo", NEWS, 1):
        kept.write("yahoo", NEWS, Told((), NOW))
    assert "cannot be locked" in caplog.text
    assert "cannot be kept" in caplog.text


def test_one_asks_at_a_time_and_who_waits_too_long_is_told(tmp_path):
    first, second = cache(tmp_path), cache(tmp_path)
    with first.alone("yahoo", NEWS, 1):
        with (
            pytest.raises(VendorError, match=r"others have waited for the same answer for more than 0\.1 seconds"),
            second.alone("yahoo", NEWS, 0.1),
        ):
            pytest.fail("two have the one place")
        with second.alone("yahoo", IDENTITY, 0.1), second.alone("alpha_vantage", NEWS, 0.1):
            pass
    with pytest.raises(ZeroDivisionError), second.alone("yahoo", NEWS, 0.1):
        raise ZeroDivisionError
    with first.alone("yahoo", NEWS, 0.1):
        pass


def test_the_place_of_a_killed_process_is_free_at_once(tmp_path):
    with cache(tmp_path).alone("yahoo", NEWS, 1):
        (file,) = tmp_path.rglob("*.lock")
    code = f"""
import time
from filelock import FileLock
with FileLock({str(file)!r}):
    print("held", flush=True)
    time.sleep(60)
"""
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(VendorError), cache(tmp_path).alone("yahoo", NEWS, 0.05):
            pytest.fail("two have the one place")
        holder.kill()
        holder.wait()
        began = time.monotonic()
        with cache(tmp_path).alone("yahoo", NEWS, 5):
            assert time.monotonic() - began < 1
