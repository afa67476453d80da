"""Tables written and read back by the formats' own readers: equal to what the store holds, whole or not there."""

import csv
import io
import json
from decimal import Decimal

import pyarrow.parquet as pq
import pytest

from arena.errors import LedgerError, UsageError
from arena.export import FORMATS, TABLES, export_to_file, export_to_folder, export_to_stream
from arena.records.standing import Consensus, Round
from arena.search import passages
from arena.store import Store
from tests.arena.search.test_passages import STAGES
from tests.arena.store.chat import CLOSE, SESSION, TIMEOUT, call, decided, make_chat
from tests.arena.trading import bar, day, decide, decision, history, mark, opened, settled

EVIL = '=HYPERLINK("http://x")\r\n"quoted", nul\x00 \u202ertl شراء 买入 \u2028'


@pytest.fixture
def store(tmp_path):
    """A season with a trade, a vote, an abstention and a text that would be a formula."""
    events = settled(decide([opened()], 0, {"NVDA": decision("BUY", 0.1)}), history(bar(1, "100.25")))
    events = decide(events, 2, {"NVDA": decision("SELL", 0.5)}, [mark(2, 110)])
    evil = decided("SELL", 0.25).model_copy(update={"reasoning": EVIL, "key_risks": ("=1", "half \ud800")})
    played = {"season": "main", "session": SESSION, "as_of": CLOSE, "tickers": ("NVDA",), "contestants": ("claude",)}
    vote = {"ticker": "NVDA", "session": SESSION, "action": "SELL", "tie": False, "level": 1.0, "high": True}
    vote |= {"mean_confidence": 0.25, "votes": {"BUY": 0, "SELL": 1, "HOLD": 0}, "outliers": ()}
    with Store.open(tmp_path / "home") as made:
        made.append_events("main", events)
        made.save_marks("main", [mark(n, 100 + n) for n in range(1, 4)])
        made.save_chat(make_chat("aaa", stages=STAGES, outcome=evil, calls=(call("0.0000123"), call(None))))
        made.save_chat(make_chat("bbb", contestant="-grok", outcome=TIMEOUT, labels=("rehearsal",), calls=()))
        made.save_round(Round(**played, snapshots={}, market="files", config_hash="c", code_version="1"))
        made.save_consensus("main", [Consensus(**vote, abstentions={"-grok": "timeout"})])
        made.save_chat(make_chat("ccc", season="other"))
        yield made


def read_csv(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def read_jsonl(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def exported(store, folder, form, *tables, seasons=("main",)):
    done = export_to_folder(store, seasons, tables or tuple(TABLES), form, folder)
    assert [one.table for one in done] == list(tables or TABLES)
    return {one.table: one for one in done}


def test_every_table_has_the_same_rows_and_columns_in_every_format(store, tmp_path):
    sizes = {}
    for form in FORMATS:
        done = exported(store, tmp_path / form, form)
        sizes[form] = {name: one.rows for name, one in done.items()}
        for name, table in TABLES.items():
            columns = [column.name for column in table.columns]
            if form == "parquet":
                read = pq.read_table(done[name].path)
                assert (read.column_names, read.num_rows) == (columns, done[name].rows)
                assert read.schema.metadata[b"table"] == name.encode()
                continue
            rows = read_csv(done[name].path) if form == "csv" else read_jsonl(done[name].path)
            assert len(rows) == done[name].rows
            assert all(list(row) == columns for row in rows)
    assert sizes["csv"] == sizes["jsonl"] == sizes["parquet"]
    assert sizes["csv"] == {
        "chats": 2,
        "decisions": 2,
        "calls": 2,
        "texts": 8,
        "standings": 1,
        "positions": 1,
        "equity": 4,
        "consensus": 1,
        "orders": 2,
        "fills": 1,
        "marks": 3,
        "events": 4,
    }


def test_money_is_exact_in_every_format(store, tmp_path):
    in_csv, in_json, in_parquet = (
        exported(store, tmp_path / form, form, "fills", "standings", "calls") for form in ("csv", "jsonl", "parquet")
    )
    (fill,) = read_csv(in_csv["fills"].path)
    assert (fill["price"], fill["cash_change"], fill["shares"], fill["fee"]) == ("100.25", "-902.25", "9", "0")
    (fill,) = read_jsonl(in_json["fills"].path)
    assert (fill["price"], fill["cash_change"], fill["shares"]) == ("100.25", "-902.25", "9")
    (fill,) = pq.read_table(in_parquet["fills"].path).to_pylist()
    assert (fill["price"], fill["cash_change"], fill["shares"]) == (Decimal("100.25"), Decimal("-902.25"), 9)
    (standing,) = pq.read_table(in_parquet["standings"].path).to_pylist()
    assert (standing["equity"], standing["cash"]) == (Decimal("10024.75"), Decimal("9097.75"))
    assert [row["cost"] for row in read_csv(in_csv["calls"].path)] == ["0.0000123", ""]
    assert [row["cost"] for row in read_jsonl(in_json["calls"].path)] == ["0.0000123", None]
    assert [row["cost"] for row in pq.read_table(in_parquet["calls"].path).to_pylist()] == [Decimal("0.0000123"), None]


def test_no_cell_of_a_csv_is_a_formula_and_other_formats_keep_every_character(store, tmp_path):
    done = exported(store, tmp_path / "csv", "csv", "decisions", "chats", "texts")
    for one in done.values():
        for row in read_csv(one.path):
            numbers = {
                c.name for c in TABLES[one.table].columns if c.kind in {"decimal", "dollars", "number", "integer"}
            }
            assert not [
                cell for name, cell in row.items() if name not in numbers and cell.lstrip()[:1] in set("=+-@") - {""}
            ]
    evil = read_csv(done["decisions"].path)[0]
    assert evil["reasoning"] == ('\'=HYPERLINK("http://x")\n"quoted", nul rtl شراء 买入 \n')
    assert json.loads(evil["key_risks"]) == ["=1", "half \N{REPLACEMENT CHARACTER}"]
    assert read_csv(done["chats"].path)[1]["contestant"] == "'-grok"
    lines = exported(store, tmp_path / "jsonl", "jsonl", "decisions")["decisions"].path
    assert read_jsonl(lines)[0]["reasoning"] == EVIL
    assert read_jsonl(lines)[0]["key_risks"] == ["=1", "half \N{REPLACEMENT CHARACTER}"]
    assert len(lines.read_text(encoding="utf-8").splitlines()) == 2
    table = exported(store, tmp_path / "parquet", "parquet", "decisions")["decisions"].path
    assert pq.read_table(table).to_pylist()[0]["reasoning"] == EVIL


def test_an_abstention_has_no_action_and_unknown_is_empty(store, tmp_path):
    done = exported(store, tmp_path, "csv", "decisions", "orders")
    decisions = read_csv(done["decisions"].path)
    assert [(row["kind"], row["action"], row["reason"]) for row in decisions] == [
        ("decision", "SELL", ""),
        ("abstention", "", "timeout"),
    ]
    orders = read_csv(done["orders"].path)
    assert [(row["side"], row["status"], row["budget"], row["shares"]) for row in orders] == [
        ("BUY", "filled", "1000", ""),
        ("SELL", "pending", "", "4"),
    ]


def test_texts_are_what_is_searched(store, tmp_path):
    rows = read_jsonl(exported(store, tmp_path, "jsonl", "texts")["texts"].path)
    said = [one.text for one in passages(store.chat("main.2025-10-14.NVDA.claude.aaa").model_dump(mode="json"))]
    kept = [text.replace("\ud800", "\N{REPLACEMENT CHARACTER}") for text in said]
    assert [row["text"] for row in rows if row["contestant"] == "claude"] == kept
    assert [(row["place"], row["role"]) for row in rows[:2]] == [(1, "news_analyst"), (2, "bull_researcher")]


def test_several_seasons_stand_in_one_table(store, tmp_path):
    done = exported(store, tmp_path, "csv", "chats", seasons=("main", "other"))
    assert [row["season"] for row in read_csv(done["chats"].path)] == ["main", "main", "other"]
    with pytest.raises(UsageError, match="no season third is stored; those that are: main, other"):
        exported(store, tmp_path / "none", "csv", seasons=("main", "third"))
    assert list((tmp_path / "none").iterdir()) == []


def test_what_cannot_be_written_whole_is_not_written(store, tmp_path):
    folder = tmp_path / "out"
    exported(store, folder, "csv", "chats", "standings")
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    with store.transaction():
        store.append_events("main", [opened(contestant="claude").model_copy(update={"key": "again"})])
    with pytest.raises(LedgerError):
        exported(store, folder, "csv", "chats", "standings")
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match=r"fills\.csv cannot be written: "):
        export_to_file(store, ["main"], "fills", "csv", tmp_path / "file" / "fills.csv")


def test_an_export_is_of_one_moment(store):
    rows = []

    class Slow(io.BytesIO):
        """Somebody else stores a chat while this is written to."""

        def write(self, data):
            if not rows:
                rows.append(data)
                with Store.open_existing(store.home) as other:
                    other.save_chat(make_chat("ddd", session=day(9)))
            return super().write(data)

    assert export_to_stream(store, ["main"], "chats", "jsonl", Slow()) == 2
    assert export_to_stream(store, ["main"], "chats", "jsonl", io.BytesIO()) == 3


def test_the_columns_are_described_for_people_and_programs(store, tmp_path):
    exported(store, tmp_path, "jsonl", "fills", "equity")
    package = json.loads((tmp_path / "datapackage.json").read_text(encoding="utf-8"))
    fills, equity = package["resources"]
    assert (fills["path"], equity["path"]) == ("fills.jsonl", "equity.jsonl")
    fields = {field["name"]: field for field in fills["schema"]["fields"]}
    assert list(fields) == list(read_jsonl(tmp_path / "fills.jsonl")[0])
    assert (fields["price"]["type"], fields["session"]["type"]) == ("string", "date")
    assert fields["slippage"]["description"] == "Lost to the spread, dollars"


def test_names_of_tables_and_columns_stay():
    """Researchers' scripts name them: what is here may be added to, and is not renamed."""
    assert {name: " ".join(c.name for c in table.columns) for name, table in TABLES.items()} == {
        "chats": "chat_id season session ticker contestant as_of model quick_model labels outcome snapshot_hash "
        "prompts_hash config_hash code_version started finished calls prompt_tokens answer_tokens cost unknown_costs "
        "unsupported errors",
        "decisions": "chat_id season session ticker contestant kind action fraction confidence stop_loss take_profit "
        "reasoning key_risks rating reason detail failed_stage",
        "calls": "chat_id season session ticker contestant call role model provider status started latency rung "
        "prompt_tokens answer_tokens thinking_tokens cached_tokens cost cost_at_least retries finish_reason error",
        "texts": "chat_id season session ticker contestant place stage role text",
        "standings": "season session contestant rank medal labels equity cash pnl return_pct trades closed_trades "
        "win_rate pending_orders decisions abstentions coverage cost unknown_costs",
        "positions": "season contestant ticker shares average_cost mark marked value carried",
        "equity": "season contestant session equity invested carried known",
        "consensus": "season session ticker action tie level high mean_confidence buy sell hold outliers abstained",
        "orders": "season key contestant session ticker chat_id side budget shares rule fills_on status reason",
        "fills": "season key order_key contestant session ticker side shares price slippage fee cash_change rule",
        "marks": "season ticker session close source",
        "events": "season place key kind contestant session ticker content",
    }
