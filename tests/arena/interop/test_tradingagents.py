"""TradingAgents' final states as ModelChats: the recorded files, and what a file may not be."""

import json

import pytest

from arena import figures
from arena.errors import UsageError
from arena.interop.states import read_states
from arena.interop.tradingagents import import_states
from arena.store import Store

EXPECTED = {
    ("4771c73__NVDA__full_states_log.json", "2025-06-12", "NVDA"): ("SELL", "Sell"),
    ("60c0970__scripts__AVAH__full_states_log_2025-07-26.json", "2025-07-26", "AVAH"): ("HOLD", "HOLD"),
    ("60c0970__scripts__AVAH__full_states_log_2025-07-26.json", "2025-08-06", "AVAH"): ("BUY", "Buy"),
    ("60c0970__scripts__AVAH__full_states_log_2025-07-26.json", "2025-08-07", "AVAH"): ("BUY", "BUY"),
    ("60c0970__scripts__AVAH__full_states_log_2025-08-06.json", "2025-08-06", "AVAH"): ("BUY", "Buy"),
    ("60c0970__scripts__PLTR__full_states_log_2025-08-01.json", "2025-08-01", "PLTR"): ("BUY", "BUY"),
    ("7d7da12__web__backend__AAPL__full_states_log.json", "2025-06-13", "AAPL"): ("BUY", "BUY"),
    ("7d7da12__web__backend__MSFT__full_states_log.json", "2025-06-13", "MSFT"): ("BUY", "Buy"),
    ("948d775__1467763__PMfull_states_log_2026-03-23.json", "2026-03-23", "1467763"): None,
    ("d702cb3__GC=F__full_states_log_2026-03-24.json", "2026-03-24", "GC=F"): ("SELL", "UNDERWEIGHT"),
    ("d702cb3__LMT__full_states_log_2026-03-24.json", "2026-03-24", "LMT"): ("BUY", "OVERWEIGHT"),
    ("d9cc210__results__NVDA__full_states_log_2024-05-10.json", "2024-05-10", "NVDA"): ("HOLD", "Hold"),
    ("e303468__web_app__backend__META__full_states_log_2025-08-09.json", "2025-08-09", "META"): ("BUY", "BUY"),
    ("ed75183__MU__full_states_log_2026-03-24.json", "2026-03-24", "MU"): ("SELL", "Sell / 卖出"),
    ("ed75183__NEM__full_states_log_2026-03-23.json", "2026-03-23", "NEM"): ("BUY", "Buy"),
    ("ed75183__PLTR__full_states_log_2026-03-23.json", "2026-03-23", "PLTR"): ("SELL", "Sell"),
    ("fd1fe51__SPY__full_states_log_2025-03-20.json", "2025-03-20", "SPY"): ("BUY", "Buy"),
}
"""What each text says, read by people."""

ROLES = {
    "market_report": "market_analyst",
    "odds_report": "market_analyst",
    "news_report": "news_analyst",
    "information_report": "news_analyst",
    "fundamentals_report": "fundamentals_analyst",
    "event_report": "fundamentals_analyst",
    "sentiment_report": "social_analyst",
    "trader_investment_decision": "trader",
    "investment_plan": "research_manager",
}
SIDES = {
    "bull": "bull",
    "yes": "bull",
    "bear": "bear",
    "no": "bear",
    "neutral": "neutral",
    "risky": "aggressive",
    "aggressive": "aggressive",
    "safe": "conservative",
    "conservative": "conservative",
}


@pytest.fixture(scope="module")
def files(recorded):
    return sorted((recorded / "tradingagents-states").glob("*.json"))


@pytest.fixture
def imported(files, tmp_path):
    with Store.open(tmp_path / "home") as store:
        yield import_states(store, files, "theirs", "tradingagents"), store


def in_files(files):
    """Every state as the files hold it, in the order of import."""
    for file in files:
        content = json.loads(file.read_text())
        yield from [content] if "trade_date" in content else content.values()


@pytest.mark.real_data
def test_the_fifteen_files_are_seventeen_states_each_with_the_decision_its_text_says(imported):
    result, _ = imported
    found = {
        (chat.imported.source.split(",")[0], str(chat.session), chat.ticker): (
            (chat.outcome.action, chat.outcome.rating) if chat.outcome.kind == "imported" else None
        )
        for chat in result.chats
    }
    assert len(result.chats) == 17
    assert found == EXPECTED


@pytest.mark.real_data
def test_every_stage_that_a_file_has_is_in_its_chat_word_for_word(imported, files):
    result, _ = imported
    for chat, state in zip(result.chats, in_files(files), strict=True):
        texts = dict(chat.imported.texts)
        for field, role in ROLES.items():
            if text := state.get(field, "").strip():
                assert texts.pop(role) == text
        assert texts == {}
        spoken = {turn.speaker: "" for turn in (*chat.stages.research.turns, *chat.stages.risk.turns)}
        for turn in (*chat.stages.research.turns, *chat.stages.risk.turns):
            spoken[turn.speaker] += turn.text
        for name, text in {**state["investment_debate_state"], **state["risk_debate_state"]}.items():
            side, _, kind = name.partition("_")
            if kind in {"history", "argument"} and side in SIDES:
                words = [word for word in text.split() if not word.endswith("Analyst:")]
                assert spoken[SIDES[side]].split()[-1] == words[-1]
                assert len(spoken[SIDES[side]]) > 0.95 * len(text)


@pytest.mark.real_data
def test_what_no_file_tells_of_its_cost_is_unknown(imported):
    result, _ = imported
    assert {figures.cost(chat.cost) for chat in result.chats} == {"unknown"}


def test_debates_of_several_rounds_are_told_turn_by_turn(imported):
    result, _ = imported
    (chat,) = [chat for chat in result.chats if chat.ticker == "MU"]
    turns = [(turn.round, turn.speaker) for turn in chat.stages.research.turns]
    assert turns == [(1, "bull"), (1, "bear"), (2, "bull"), (2, "bear")]
    assert len(chat.stages.risk.turns) == 6


@pytest.mark.real_data
def test_what_cannot_be_read_is_an_abstention_that_says_why(imported):
    result, _ = imported
    (chat,) = [chat for chat in result.chats if chat.ticker == "1467763"]
    assert (chat.outcome.kind, chat.outcome.reason) == ("abstention", "unparseable")
    assert "'PASS'" in chat.outcome.detail
    assert "prediction market: Will Crude Oil" in chat.imported.notes[0]


@pytest.mark.real_data
def test_weekends_and_empty_reports_are_said_to_be_so(imported):
    result, _ = imported
    notes = {(chat.ticker, str(chat.session)): chat.imported.notes for chat in result.chats}
    assert notes["META", "2025-08-09"] == ("New York does not trade on Saturday, 2025-08-09",)
    assert notes["AAPL", "2025-06-13"] == ("its fundamentals_report is empty", "its sentiment_report is empty")


@pytest.mark.real_data
def test_the_chats_are_stored_labelled_and_importing_again_changes_nothing(imported, files):
    result, store = imported
    assert {chat.labels for chat in result.chats} == {("imported",)}
    assert {row.id for row in store.chat_rows(season="theirs")} == set(result.new)
    assert store.chat(result.chats[9].id) == result.chats[9]
    assert result.chats[9].ticker == "GC=F"
    assert store.verify_archive() == ()
    assert import_states(store, files, "theirs", "tradingagents").new == ()
    (tally,) = store.tallies("theirs")
    # One state stands in two files: the newest chat of a session and ticker counts.
    assert (tally.decisions, tally.abstentions, tally.labels) == (15, 1, ("imported",))


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("nonsense", "is not JSON"),
        ("[]", "holds no TradingAgents state"),
        ("{}", "holds no TradingAgents state"),
        ('{"2025-01-02": {"market_report": "up"}}', "holds no TradingAgents state"),
        ('{"final_trade_decision": "Buy", "company_of_interest": "NVDA", "trade_date": "soon"}', "'soon'"),
        ('{"final_trade_decision": "Buy", "company_of_interest": "../x", "trade_date": "2025-01-02"}', "not a ticker"),
    ],
)
def test_a_file_without_a_state_is_refused_before_anything_is_written(tmp_path, content, why):
    good, bad = tmp_path / "good.json", tmp_path / "bad.json"
    good.write_text(
        '{"final_trade_decision": "Rating: Buy", "company_of_interest": "NVDA", "trade_date": "2025-01-02"}'
    )
    bad.write_text(content)
    with Store.open(tmp_path / "home") as store:
        with pytest.raises(UsageError, match=why):
            import_states(store, [good, bad], "theirs", "tradingagents")
        assert store.chat_rows() == ()


def test_fields_that_are_not_known_are_named(tmp_path):
    file = tmp_path / "state.json"
    file.write_text(
        json.dumps(
            {
                "company_of_interest": "NVDA",
                "trade_date": "2025-01-02",
                "final_trade_decision": "Rating: Buy",
                "macro_report": "rates",
                "investment_debate_state": {"bull_history": "Bull Analyst: up", "referee_history": "hm"},
            }
        )
    )
    (state,) = read_states(file)
    assert set(state.notes) == {
        "its macro_report is not known to this import and was left out",
        "its investment_debate_state's referee_history is not known to this import and was left out",
        "its investment_debate_state has nothing of the bear side",
        "it has no risk_debate_state",
    }


def test_half_a_character_is_told_of_and_stops_no_import(tmp_path):
    file = tmp_path / "cut.json"
    file.write_text(
        '{"company_of_interest": "NVDA", "trade_date": "2025-10-14", "market_report": "up \\ud83d", '
        '"final_trade_decision": "Rating: Buy"}'
    )
    (state,) = read_states(file)
    assert state.texts["market_analyst"] == "up \ufffd"
    assert "half a character in the file's market_report is shown as \ufffd" in state.notes
    with Store.open(tmp_path / "home") as store:
        assert len(import_states(store, [file], "agents", "them").new) == 1


def test_a_file_of_nothing_but_brackets_is_refused(tmp_path):
    file = tmp_path / "deep.json"
    file.write_text("[" * 100_000)
    with pytest.raises(UsageError, match=r"deep.json is not JSON"):
        read_states(file)
