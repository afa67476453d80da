"""Two chats compared: setting first, then every stage that either has."""

from datetime import timedelta

from arena.comparing import compare_chats
from arena.records.chat import Imported, ModelChat, Stages
from arena.records.comparing import ChatDiff, Difference
from tests.arena.search.test_passages import REPORT, STAGES
from tests.arena.store.chat import CLOSE, TIMEOUT, call, decided, make_chat


def stage(found, name):
    return next(one for one in found.stages if one.stage == name)


def values(found, name):
    return [(value.name, value.one, value.other) for value in stage(found, name).values]


def test_a_chat_is_equal_to_itself_whatever_it_took():
    one = make_chat("aaa", stages=STAGES)
    found = compare_chats(one, make_chat("bbb", stages=STAGES, calls=(), finished=CLOSE + timedelta(seconds=9)))
    assert found.equal
    assert found.setting == ()
    assert "snapshot_hash" in found.shared
    assert [(value.name, value.one, value.other) for value in found.effort] == [
        ("calls", "1", "0"),
        ("cost", "$0.0100", "$0"),
        ("time", "1:30 min", "9.0 s"),
    ]
    assert ChatDiff.model_validate_json(found.model_dump_json()) == found


def test_what_they_were_asked_with_is_named_facts_prompts_and_settings_first():
    other = make_chat("bbb", contestant="grok", snapshot_hash="d" * 64, config_hash="e" * 64)
    found = compare_chats(make_chat(), other)
    assert [value.name for value in found.setting] == ["snapshot_hash", "config_hash", "contestant"]
    assert found.setting[0] == Difference(name="snapshot_hash", one="a" * 64, other="d" * 64)
    assert found.equal


def test_choices_figures_and_texts_of_a_stage_are_each_compared():
    metric = REPORT.metrics[0].model_copy(update={"value": 2.0})
    report = REPORT.model_copy(
        update={"metrics": (metric,), "sentiment": 0.5, "key_points": ("Demand.", "Rates fall.")}
    )
    plan = STAGES.trader.model_copy(update={"action": "HOLD", "fraction": 0.0, "entry": "never"})
    stages = STAGES.model_copy(update={"news": STAGES.news.model_copy(update={"report": report}), "trader": plan})
    found = compare_chats(make_chat(stages=STAGES), make_chat(stages=stages, outcome=decided("SELL", 0.9)))
    assert values(found, "decision") == [("action", "BUY", "SELL"), ("confidence", "0.6", "0.9")]
    assert values(found, "news") == [("figure pe", "1.0 ratio", "2.0 ratio"), ("sentiment", "0.0", "0.5")]
    assert values(found, "trader") == [("action", "BUY", "HOLD"), ("fraction", "0.5", "0.0")]
    assert [(text.kind, text.name) for text in stage(found, "news").texts] == [
        ("same", "summary"),
        ("other", "key points"),
        ("same", "key points"),
        ("other", "key points"),
        ("same", "text"),
    ]
    assert [one.stage for one in found.stages if one.equal] == ["research", "risk"]
    assert [text.name for text in stage(found, "research").texts] == [
        "bull, round 1",
        "bear, round 1",
        "strongest bull point",
        "strongest bear point",
        "plan",
    ]


def test_a_stage_that_only_one_has_is_said_to_be_missing():
    found = compare_chats(make_chat(stages=STAGES), make_chat(stages=Stages(), outcome=TIMEOUT))
    assert {one.stage: one.missing for one in found.stages} == {
        "decision": None,
        "news": "other",
        "research": "other",
        "trader": "other",
        "risk": "other",
    }
    assert ("kind", "decision", "abstention") in values(found, "decision")
    assert ("reason", None, "timeout") in values(found, "decision")


def test_imported_texts_are_compared_by_role_and_what_imports_do_not_tell_is_not_shared():
    def imported(text) -> ModelChat:
        blank = {"snapshot_hash": "", "prompts_hash": "", "config_hash": ""}
        texts = Imported(project="TradingAgents", source="file", texts={"trader": text})
        return make_chat(imported=texts, calls=(call(None),), **blank)

    found = compare_chats(imported("Buy it at once."), imported("Buy it tomorrow."))
    (text,) = stage(found, "imported texts").texts
    assert (text.kind, text.name) == ("changed", "trader")
    assert not {"snapshot_hash", "prompts_hash", "config_hash"} & set(found.shared)
