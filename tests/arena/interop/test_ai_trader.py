"""The recorded competition: imported, equal to what was published; and every fault planted in a copy is named."""

import json
import shutil
from datetime import date
from decimal import Decimal

import pytest

from arena.audit import audit_season
from arena.errors import UsageError
from arena.interop.ai_trader import audit_folder, import_ai_trader
from arena.rounds.standing import standings_of
from arena.standings import standings
from arena.store import Store

pytestmark = pytest.mark.slow

PUBLISHED = {
    "DeepSeek": "deepseek-chat-v3.1",
    "Claude-3.7": "claude-3.7-sonnet",
    "GPT-5": "gpt-5",
    "Qwen3-max": "qwen3-max",
    "Gemini-2.5-flash": "gemini-2.5-flash",
    "MiniMax-M2": "MiniMax-M2",
}
MODEL = "gpt-5"
FILE = f"agent_data/{MODEL}/position/position.jsonl"


@pytest.fixture(scope="module")
def competition(recorded):
    return recorded / "ai-trader-2025-10"


@pytest.fixture(scope="module")
def imported(competition, tmp_path_factory):
    home = tmp_path_factory.mktemp("imported")
    return import_ai_trader(home, competition, "october"), home


@pytest.fixture
def copy(competition, tmp_path):
    """A copy in which one model competes, with all prices."""
    (tmp_path / "agent_data").mkdir()
    shutil.copytree(competition / "agent_data" / MODEL, tmp_path / "agent_data" / MODEL, copy_function=shutil.copyfile)
    for path in (tmp_path / "agent_data").rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)
    shutil.copyfile(competition / "merged.jsonl", tmp_path / "merged.jsonl")
    return tmp_path


def lines_of(copy):
    return [json.loads(line) for line in (copy / FILE).read_text().splitlines()]


def write(copy, lines):
    (copy / FILE).write_text("".join(json.dumps(line) + "\n" for line in lines))


def found(copy):
    return [(finding.kind, finding.where, finding.what) for finding in audit_folder(copy).findings]


@pytest.mark.real_data
def test_the_competition_is_imported_with_327_trades_and_no_mismatch(imported):
    result, home = imported
    assert result.report.findings == ()
    assert result.report.checked == {"models": 6, "lines": 375, "trades": 327}
    # Five of the trades are of no shares: they are orders, and rejected.
    assert result.fills == 322
    with Store.open_existing(home) as store:
        kinds = [event.kind for event in store.events("october")]
    assert [kinds.count(kind) for kind in ("opened", "order", "fill", "rejection")] == [6, 327, 322, 5]


@pytest.mark.real_data
def test_its_standings_are_those_that_were_published_on_both_days(imported, competition):
    _, home = imported
    rows = 0
    with Store.open_existing(home) as store:
        for table in json.loads((competition / "published_leaderboards.json").read_text()):
            until = standings_of(store, "october", date.fromisoformat(table["as_of"]))
            ours = {row.contestant: float(row.return_pct) for row in until.rows}
            ours["QQQ"] = until.benchmark.return_pct
            for name, published in table["total_return_pct"].items():
                assert abs(Decimal(str(ours[PUBLISHED.get(name, name)])) - Decimal(str(published))) <= Decimal(
                    "0.01"
                ), name
                rows += 1
    assert rows == 13


@pytest.mark.real_data
def test_the_books_after_it_are_the_positions_of_its_last_lines(imported, competition):
    _, home = imported
    with Store.open_existing(home) as store:
        table = standings("october", store.events("october"), store.marks("october"), store.tallies("october"))
    for row in table.rows:
        file = competition / "agent_data" / row.contestant / "position" / "position.jsonl"
        last = json.loads(file.read_text().splitlines()[-1])["positions"]
        assert {held.ticker: held.shares for held in row.positions} == {
            ticker: shares for ticker, shares in last.items() if shares and ticker != "CASH"
        }
        assert abs(row.cash - Decimal(str(last["CASH"]))) < Decimal("0.00001")
    assert "same_open" in table.notes[0]


@pytest.mark.real_data
def test_importing_it_again_changes_nothing(imported, competition):
    result, home = imported
    again = import_ai_trader(home, competition, "october")
    assert (result.new_events, result.new_chats) == (660, 127)
    assert (again.new_events, again.new_chats) == (0, 0)
    with Store.open_existing(home) as store:
        assert len(store.events("october")) == 660
        assert len(store.rounds("october")) == 22
        assert store.verify_archive() == ()


@pytest.mark.real_data
def test_every_logged_message_is_in_a_call_of_its_days_chat(imported, competition):
    _, home = imported
    with Store.open_existing(home) as store:
        chats = [store.chat(row.id) for row in store.chat_rows(season="october", limit=-1)]
    assert {chat.labels for chat in chats} == {("imported",)}
    said = 0
    for chat in chats:
        told = []
        for line in (competition / chat.imported.source).read_text().split("\n"):
            new = json.loads(line)["new_messages"] if line.strip() else []
            told += [message["content"] for message in (new if isinstance(new, list) else [new])]
        heard = []
        for call in chat.calls:
            heard += [message.text for message in call.prompt]
            heard += [call.reply] if call.status == "ok" else []
        assert heard == told
        said += len(heard)
    assert said == 453


@pytest.mark.real_data
def test_a_log_of_a_day_that_was_never_booked_is_reported_and_not_repaired(imported):
    result, home = imported
    assert [note for note in result.notes if "2025-10-01" in note] == [
        "agent_data/MiniMax-M2/log/2025-10-01/log.jsonl: position.jsonl has no line of what was done on 2025-10-01"
    ]
    with Store.open_existing(home) as store:
        (row,) = store.chat_rows(season="october", session=date(2025, 10, 1))
    assert (row.contestant, row.kind, row.reason) == ("MiniMax-M2", "abstention", "no_data")


@pytest.mark.real_data
def test_the_imported_season_passes_the_audit_of_seasons(imported):
    _, home = imported
    report = audit_season(home, "october")
    assert report.findings == ()
    assert (report.checked["orders"], report.checked["fills"], report.checked["chats"]) == (327, 322, 127)


@pytest.mark.real_data
def test_the_untouched_copy_has_no_violation(copy):
    assert found(copy) == []


@pytest.mark.real_data
def test_a_fill_above_the_high_is_named_with_its_line(copy):
    lines = lines_of(copy)
    # 10 NVDA on 2025-10-02, whose high was 191.05, at 200.
    lines[1]["this_action"]["price"] = 200.0
    for line in lines[1:]:
        line["positions"]["CASH"] -= 10 * (200.0 - 189.6)
    write(copy, lines)
    kinds = {(kind, where) for kind, where, _ in found(copy)}
    assert ("fill_price", f"{FILE}:2") in kinds
    assert any("NVDA is filled at 200, above the high of 2025-10-02" in what for _, _, what in found(copy))
    # What was bought later with the money that is missing then, and nothing else.
    assert {kind for kind, where in kinds if where != f"{FILE}:2"} == {"beyond_cash"}


@pytest.mark.real_data
def test_a_fill_above_the_high_that_only_the_cash_tells_of_is_named(copy):
    lines = lines_of(copy)
    for line in lines[1:]:
        line["positions"]["CASH"] -= 10 * (191.5 - 189.6)
    write(copy, lines)
    assert any(kind == "fill_price" and where == f"{FILE}:2" for kind, where, _ in found(copy))


@pytest.mark.real_data
def test_a_vanished_position_is_named_with_its_line(copy):
    lines = lines_of(copy)
    for line in lines[16:41]:
        line["positions"]["CRWD"] = 0
    write(copy, lines)
    assert found(copy)[0] == (
        "position",
        f"{FILE}:17",
        "shares vanished: it holds 0 CRWD where 1 follow from the line before",
    )


@pytest.mark.real_data
def test_a_position_from_nowhere_is_named_with_its_line(copy):
    lines = lines_of(copy)
    for line in lines[20:]:
        line["positions"]["TSLA"] = 3
    write(copy, lines)
    assert found(copy) == [
        ("position", f"{FILE}:21", "shares from nowhere: it holds 3 TSLA where 0 follow from the line before")
    ]


@pytest.mark.real_data
def test_a_duplicated_id_is_named_with_its_line(copy):
    lines = lines_of(copy)
    lines[9]["id"] = lines[8]["id"]
    write(copy, lines)
    assert found(copy) == [
        ("id", f"{FILE}:10", "its id 8 is a duplicate of the line before"),
        ("id", f"{FILE}:11", "its id 10 leaves out what should follow 8"),
    ]


@pytest.mark.real_data
def test_cash_that_is_off_by_a_cent_is_named_with_its_line(copy):
    lines = lines_of(copy)
    for line in lines[5:]:
        line["positions"]["CASH"] += 0.01
    write(copy, lines)
    ((kind, where, what),) = found(copy)
    assert (kind, where) == ("cash", f"{FILE}:6")
    assert "off by 0.01" in what


@pytest.mark.real_data
def test_a_weekend_trade_is_named_with_its_line(copy):
    lines = lines_of(copy)
    lines[15]["date"] = "2025-10-04"
    write(copy, lines)
    assert ("no_session", f"{FILE}:16", "it trades GOOGL on 2025-10-04, a Saturday without a session") in found(copy)


@pytest.mark.real_data
def test_a_purchase_beyond_the_cash_is_named_with_its_line(copy):
    lines = lines_of(copy)
    lines[1]["this_action"]["amount"] = 60
    for line in lines[1:]:
        line["positions"]["NVDA"] += 50
        line["positions"]["CASH"] -= 50 * 189.6
    write(copy, lines)
    beyond = [(where, what) for kind, where, what in found(copy) if kind == "beyond_cash"]
    assert beyond[0] == (f"{FILE}:2", "it buys 60 NVDA for 11376 dollars with 10000.0 in cash")


@pytest.mark.real_data
def test_a_short_sale_is_named_with_its_line(copy):
    lines = lines_of(copy)
    lines[14]["this_action"]["amount"] = 30
    write(copy, lines)
    assert any(
        kind == "position" and where == f"{FILE}:15" and "it sells 30 AMD, and 6 are held" in what
        for kind, where, what in found(copy)
    )


@pytest.mark.real_data
def test_a_line_that_is_no_json_is_named(copy):
    text = (copy / FILE).read_text().splitlines()
    text[3] = text[3][:40]
    (copy / FILE).write_text("\n".join(text))
    assert ("unreadable", f"{FILE}:4") in [(kind, where) for kind, where, _ in found(copy)]


@pytest.mark.real_data
def test_a_competition_with_a_violation_is_not_imported(copy, tmp_path):
    lines = lines_of(copy)
    lines[9]["id"] = 3
    write(copy, lines)
    result = import_ai_trader(tmp_path / "home", copy, "october")
    assert not result.done
    assert not Store.exists(tmp_path / "home")


@pytest.mark.real_data
def test_shares_bought_and_sold_at_the_same_open_are_booked_in_the_order_of_the_ids(copy, tmp_path):
    lines = lines_of(copy)[:2]
    back = json.loads(json.dumps(lines[0]))
    sold = {"action": "sell", "symbol": "NVDA", "amount": 10}
    write(copy, [*lines, {**back, "date": "2025-10-02", "id": 2, "this_action": sold}])
    result = import_ai_trader(tmp_path / "home", copy, "october")
    assert (result.done, result.fills) == (True, 2)
    with Store.open_existing(tmp_path / "home") as store:
        (row,) = standings("october", store.events("october"), (), ()).rows
    assert (row.cash, row.positions, row.closed_trades) == (Decimal(10_000), (), 1)


def test_a_folder_that_is_none_is_refused(tmp_path):
    with pytest.raises(UsageError, match="it has no agent_data"):
        audit_folder(tmp_path)


def small(tmp_path, *lines, low="95"):
    """A folder of one model and one day of prices."""
    file = tmp_path / FILE
    file.parent.mkdir(parents=True)
    file.write_text("".join(json.dumps(line) + "\n" for line in lines))
    row = {"1. open": "100", "2. high": "110", "3. low": low, "4. close": "105", "5. volume": "1"}
    prices = {"Meta Data": {"2. Symbol": "NVDA"}, "Time Series (Daily)": {"2025-10-02": row}}
    (tmp_path / "daily_prices_NVDA.json").write_text(json.dumps(prices))
    return tmp_path


BEGUN = {"date": "2025-10-01", "id": 0, "positions": {"NVDA": 0, "CASH": 1000.0}}
BOUGHT = {
    "date": "2025-10-02",
    "id": 1,
    "this_action": {"action": "buy", "symbol": "NVDA", "amount": 2},
    "positions": {"NVDA": 2, "CASH": 800.0},
}


def test_a_model_without_lines_is_named(tmp_path):
    assert found(small(tmp_path)) == [("unreadable", FILE, "it holds no line")]


def test_a_book_that_begins_with_shares_is_named(tmp_path):
    begun = {**BEGUN, "positions": {"NVDA": 2, "CASH": 800.0}}
    assert found(small(tmp_path, begun)) == [
        ("position", f"{FILE}:1", "it begins with positions from nowhere: 2 NVDA"),
    ]


def test_a_trade_without_a_price_is_named(tmp_path):
    later = {**BOUGHT, "date": "2025-10-03"}
    assert found(small(tmp_path, BEGUN, later)) == [
        ("price", f"{FILE}:2", "no file has an open of NVDA on 2025-10-03"),
    ]


def test_numbers_that_nobody_can_reckon_with_are_named_and_break_nothing(tmp_path):
    huge = {**BOUGHT, "this_action": {**BOUGHT["this_action"], "amount": 10**400}}
    ((kind, where, what),) = found(small(tmp_path / "huge", BEGUN, huge))
    assert (kind, where) == ("unreadable", f"{FILE}:2")
    assert "a number of 401 digits is none of shares or dollars" in what
    folder = small(tmp_path / "nan", BEGUN, BOUGHT)
    prices = folder / "daily_prices_NVDA.json"
    (folder / "merged.jsonl").write_text(prices.read_text().replace('"110"', '"NaN"') + "\n")
    ((kind, where, what),) = found(folder)
    assert (kind, where) == ("unreadable", "merged.jsonl:1")
    assert "'NaN' is no price and no volume" in what


def test_prices_that_contradict_themselves_are_named(tmp_path):
    assert [(kind, where) for kind, where, _ in found(small(tmp_path, BEGUN, BOUGHT, low="101"))] == [
        ("price", "daily_prices_NVDA.json"),
        ("fill_price", f"{FILE}:2"),
    ]


def test_a_competition_without_logs_has_chats_that_say_so(tmp_path):
    result = import_ai_trader(tmp_path / "home", small(tmp_path, BEGUN, BOUGHT), "small")
    assert (result.done, result.fills, result.chats) == (True, 1, 1)
    assert result.notes == ("agent_data/gpt-5/log/2025-10-02/log.jsonl: the log of that day is not there",)
    assert audit_season(tmp_path / "home", "small").findings == ()
