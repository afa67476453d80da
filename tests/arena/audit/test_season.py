"""A stored season under audit: clean as it was played, and every fault that is put into its store is named."""

import shutil
import sqlite3
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from arena.app import Arena
from arena.audit import audit_season
from arena.audit.chats import check_orders, check_sight, later_facts
from arena.errors import StoreError, UsageError
from arena.market import snapshot as snapshots
from arena.records.chat import Stages
from arena.records.market import Bar, NewsItem, SocialDay, Statement
from arena.records.memory import ReflectionStage
from arena.records.trading import Mark, Order
from arena.store import Store
from tests.agents.surroundings import lesson
from tests.arena.store.chat import TIMEOUT, decided, make_chat

SESSION = date(2025, 10, 14)


@pytest.fixture(scope="module")
def played(tmp_path_factory):
    """A demo round and the session after it, whose open its orders filled at."""
    home = tmp_path_factory.mktemp("audited") / "home"
    with Arena.load("demo", settings={"home": str(home)}) as arena:
        arena.run(["NVDA"], as_of=SESSION)
    return home


@pytest.fixture
def home(played, tmp_path):
    return shutil.copytree(played, tmp_path / "home")


def change(home, sql):
    with sqlite3.connect(home / "arena.sqlite") as connection:
        assert connection.execute(sql).rowcount > 0
    connection.close()


def kinds(home):
    return {finding.kind for finding in audit_season(home, "demo").findings}


def test_a_round_as_it_was_played_passes(home):
    report = audit_season(home, "demo")
    assert report.findings == ()
    assert report.notes == ()
    assert report.checked == {"events": 13, "orders": 4, "fills": 4, "chats": 5, "snapshots": 1, "marks": 2}


def test_a_changed_fill_is_off_its_bar(home):
    change(home, "UPDATE events SET body = replace(body, '\"price\":\"', '\"price\":\"9') WHERE kind = 'fill'")
    assert {"fill_price", "beyond_cash", "ledger"} <= kinds(home)


def test_a_fill_that_was_taken_out_is_named_and_so_is_a_decision_whose_trade_is_gone(home):
    change(home, "DELETE FROM events WHERE kind = 'fill' AND contestant = 'momentum'")
    (finding,) = audit_season(home, "demo").findings
    assert (finding.kind, finding.where) == ("position", "order:2025-10-14:NVDA:momentum")
    change(home, "DELETE FROM events WHERE kind = 'order' AND contestant = 'momentum'")
    (finding,) = audit_season(home, "demo").findings
    assert finding.kind == "position"
    assert "it decided to BUY NVDA, and no order follows from that" in finding.what


def test_a_changed_mark_is_not_the_price(home):
    change(home, "UPDATE marks SET close = '1' WHERE session = '2025-10-15'")
    (finding,) = audit_season(home, "demo").findings
    assert (finding.kind, finding.where) == ("mark", "mark of NVDA on 2025-10-15")


def test_a_mark_on_a_weekend_is_named(home):
    with Store.open_existing(home) as store:
        store.save_marks("demo", [Mark(ticker="NVDA", session=date(2025, 10, 18), close=Decimal(1), source="files")])
    report = audit_season(home, "demo")
    assert [finding.kind for finding in report.findings] == ["no_session"]
    assert report.notes == ("1 marks were not checked: no bar of theirs is kept",)


def test_a_decision_without_its_chat_is_named_and_so_is_the_archive_that_differs(home):
    change(home, "DELETE FROM chats WHERE contestant = 'momentum'")
    found = audit_season(home, "demo").findings
    assert [finding.kind for finding in found] == ["no_chat", "archive"]
    assert found[0].where == "order:2025-10-14:NVDA:momentum"


def test_a_snapshot_that_was_changed_or_is_gone_is_named(home):
    (file,) = (home / "snapshots").glob("*.json")
    file.write_text(file.read_text().replace("2025-10-14", "2025-10-13", 1))
    assert "unreadable" in kinds(home)
    file.unlink()
    assert "unreadable" in kinds(home)


def test_without_the_tape_fills_are_told_as_unchecked_not_passed_over(home):
    for file in home.glob("tape.sqlite*"):
        file.unlink()
    report = audit_season(home, "demo")
    assert report.findings == ()
    assert len([note for note in report.notes if "its price was not checked" in note]) == 4


def test_an_unknown_season_and_an_empty_home_are_refused(home, tmp_path):
    with pytest.raises(UsageError, match="no season winter is stored; those there are: demo"):
        audit_season(home, "winter")
    with pytest.raises(StoreError, match="no arena data"):
        audit_season(tmp_path / "nothing", "demo")


@pytest.fixture
def seen(played):
    (file,) = (played / "snapshots").glob("*.json")
    return snapshots.load(file.stem, played / "snapshots")


def section(snapshot, name, **changes):
    return snapshot.model_copy(update={name: getattr(snapshot, name).model_copy(update=changes)})


def test_every_kind_of_fact_from_after_the_instant_is_found(seen):
    late = SESSION + timedelta(days=1)
    bar = Bar(session=late, open=1, high=1, low=1, close=1, volume=0)
    news = NewsItem(published=seen.as_of + timedelta(seconds=1), title="tomorrow")
    filed = Statement(kind="income", period="quarter", fiscal_end=date(2025, 9, 30), filed=SESSION, items={})
    social = SocialDay(day=late, mentions=1, sentiment=0)
    assert list(later_facts(seen, SESSION, seen.as_of)) == []
    for changed, what in [
        (section(seen, "prices", bars=(bar,)), "a bar of 2025-10-15"),
        (section(seen, "indicators", sessions=(late,)), "indicators of 2025-10-15"),
        (section(seen, "news", items=(news,)), "an article published at 2025-10-14 20:00:01+00:00"),
        (section(seen, "social", days=(social,)), "posts of 2025-10-15"),
        (
            section(seen, "fundamentals", statements=(filed,)),
            "a statement of the period to 2025-09-30, filed on 2025-10-14",
        ),
    ]:
        assert list(later_facts(changed, SESSION, seen.as_of)) == [what]


def test_a_chat_whose_snapshot_is_later_or_anothers_saw_too_far(seen):
    chat = make_chat(ticker="NVDA")
    assert list(check_sight(chat, seen)) == []
    early = make_chat(as_of=datetime(2025, 10, 14, 12, tzinfo=UTC))
    found = [finding.what for finding in check_sight(early, seen)]
    assert "its snapshot is as of 2025-10-14 20:00:00+00:00, and it decides as of 2025-10-14 12:00:00+00:00" in found
    other = make_chat(ticker="AAPL")
    assert [finding.what for finding in check_sight(other, seen)] == ["its snapshot is of NVDA"]
    after = make_chat(as_of=datetime(2025, 10, 14, 21, tzinfo=UTC))
    assert "after the close of 2025-10-14" in next(check_sight(after, None)).what


def an_order(**changes):
    content = {
        "key": "order",
        "contestant": "claude",
        "session": SESSION,
        "ticker": "NVDA",
        "chat_id": make_chat().id,
        "side": "BUY",
        "budget": Decimal(100),
        "shares": None,
        "rule": "next_open",
        "fills_on": SESSION + timedelta(days=1),
    }
    return Order(**{**content, **changes})


@pytest.mark.parametrize(
    ("chat", "why"),
    [
        ({"contestant": "gpt"}, "is of gpt at 2025-10-14"),
        ({"ticker": "AAPL"}, "is about AAPL, not NVDA"),
        ({"outcome": TIMEOUT}, "abstained"),
        ({"outcome": decided("SELL")}, "decided to SELL, not to BUY"),
    ],
)
def test_an_order_is_only_as_good_as_the_chat_it_names(chat, why):
    assert list(check_orders([an_order()], {make_chat().id: make_chat()})) == []
    (finding,) = check_orders([an_order()], {make_chat().id: make_chat(**chat)})
    assert finding.kind == "no_chat"
    assert why in finding.what


def test_a_chat_that_was_told_how_it_turned_out_too_early_saw_too_far():
    shown = [lesson(until=SESSION + timedelta(days=ahead)) for ahead in (0, 1)]
    early, fair = (make_chat(stages=Stages(reflection=ReflectionStage(lessons=(one,)))) for one in reversed(shown))
    (found,) = check_sight(early, None)
    assert (found.kind, found.where) == ("look_ahead", early.id)
    assert found.what == "it was shown how its decision of 2025-10-07 had turned out on 2025-10-15"
    assert list(check_sight(fair, None)) == []


def test_a_pair_is_held_against_its_own_calendar_not_against_new_yorks():
    midnight = datetime(2025, 10, 15, tzinfo=UTC)
    assert list(check_sight(make_chat(ticker="BTC-USD", as_of=midnight), None)) == []
    assert len(list(check_sight(make_chat(ticker="NVDA", as_of=midnight), None))) == 1
