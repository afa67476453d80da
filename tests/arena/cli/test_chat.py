import io
import json
from datetime import date

import pytest
from pydantic import TypeAdapter
from rich.console import Console, Group

from arena.cli.views.chat import chat_view, chats_view, stage_of_chat_view
from arena.cli.views.stage import part_view
from arena.markdown import chat_markdown
from arena.records.chat import ChatError, ModelCall, ModelChat, ResearchStage, Stages, UnsupportedFigure
from arena.records.desk import AnalystReport, AnalystStage, ResearchTurn, SingleStage, ToolUse
from arena.records.masking import MaskedAs
from arena.records.memory import ReflectionStage
from arena.store import ChatRow, Store
from tests.agents.surroundings import lesson
from tests.arena.store.chat import CLOSE, TIMEOUT, decided, make_chat

HOSTILE = "\x1b[2J\x1b]0;t\x07[red]x[/red] \x9b1m\u202e"


def drawn(renderables, width=120):
    console = Console(file=io.StringIO(), width=width, markup=False, emoji=False, highlight=False)
    console.print(Group(*renderables))
    return console.file.getvalue()


@pytest.fixture
def chat_id(arena, played):
    rows = json.loads(arena("chat", "list", "--home", played, "--contestant", "cautious", "--json").out)
    (row,) = TypeAdapter(list[ChatRow]).validate_python(rows)
    return row.id


def test_the_list_shows_ids_outcomes_and_labels(arena, played):
    ran = arena("chat", "list", "--home", played)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("REHEARSAL: the contestants are rule-driven stand-ins, not models.\nSIMULATED: ")
    rows = [line for line in ran.out.splitlines() if line.startswith("demo.2025-10-14.NVDA.")]
    assert len(rows) == 5
    assert f" --home {played}" in ran.out


def test_the_list_is_filtered_and_limited(arena, played):
    def listed(*options):
        return json.loads(arena("chat", "list", "--home", played, "--json", *options).out)

    assert len(listed("--limit", "2")) == 2
    assert [row["contestant"] for row in listed("--contestant", "value")] == ["value"]
    assert len(listed("--ticker", "nvda", "--season", "demo")) == 5
    assert listed("--ticker", "AAPL") == []


def test_where_nothing_matches_the_list_says_so_on_stderr(arena, played):
    ran = arena("chat", "list", "--home", played, "--season", "winter")
    assert (ran.code, ran.out, ran.err) == (0, "", "no chat matches\n")


def test_figures_nothing_bears_out_are_shown_with_the_nearest_one():
    flagged = UnsupportedFigure(
        stage="news", text=f"$46.7 billion{HOSTILE}", value=4.67e10, nearest=46743000000.0, nearest_name=f"a{HOSTILE}"
    )
    shown = drawn(chat_view(make_chat(unsupported=(flagged,))))
    assert "Figures that nothing it was shown bears out" in shown
    (line,) = [line for line in shown.splitlines() if line.startswith("news ")]
    assert "$46.7 billion" in line
    assert "46,743,000,000" in line
    assert "\x1b" not in shown
    assert "bears out" not in drawn(chat_view(make_chat()))


def test_a_desk_of_one_agent_shows_what_it_was_shown():
    look = ToolUse(name="price_history", arguments='{"sessions": 30}', result=f"session,open\n2025-10-14,1{HOSTILE}")
    stages = Stages(single=SingleStage(tool_uses=(look,)))
    chat = make_chat(labels=("single",), stages=stages)
    short = drawn(chat_view(chat))
    assert short.startswith("SINGLE: at each desk one agent decides in one call, without a debate and without a vote.")
    assert "Single agent, shown all at once" in short
    assert '- price_history {"sessions": 30}' in short
    assert "session,open" not in short
    whole = drawn(stage_of_chat_view(chat, "single", stages.single))
    assert "2025-10-14,1" in whole
    assert "\x1b" not in short + whole


def test_the_list_counts_unsupported_figures_where_there_are_any(tmp_path):
    flagged = UnsupportedFigure(stage="news", text="9", value=9, nearest=None, nearest_name="")
    with Store.open(tmp_path) as store:
        store.save_chat(make_chat("one"))
        clean = drawn(chats_view(store.chat_rows()))
        store.save_chat(make_chat("two", unsupported=(flagged, flagged)))
        rows = store.chat_rows()
    assert [row.unsupported for row in rows] == [2, 0]
    assert "Unsupported" not in clean
    assert "Unsupported" in drawn(chats_view(rows))


def test_labels_that_differ_get_a_column():
    row = {"session": "2025-10-14", "kind": "abstention", "reason": "timeout", "cost": {}, "ticker": "NVDA"}
    row |= {"season": "s", "model": "m", "started": CLOSE, "finished": CLOSE}
    row |= dict.fromkeys(("action", "fraction", "confidence"))
    rows = [
        ChatRow(id="one", contestant="one", labels=("rehearsal",), **row),
        ChatRow(id="two", contestant="two", labels=(), **row),
    ]
    lines = [line.split() for line in drawn(chats_view(rows)).splitlines()]
    assert ["one", "abstained,", "timeout", "—", "$0", "REHEARSAL"] in lines
    assert ["two", "abstained,", "timeout", "—", "$0"] in lines


def test_a_chat_shows_its_labels_its_outcome_and_every_stage(arena, played, chat_id):
    ran = arena("chat", "show", chat_id, "--home", played)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("REHEARSAL: ")
    headings = (
        "Decision",
        "Market analyst",
        "News analyst",
        "Fundamentals analyst",
        "Social analyst",
        "Research debate",
        "Research manager: ",
        "Trader",
        "Risk debate",
    )
    places = [ran.out.index(f"\n{heading}") for heading in headings]
    assert places == sorted(places)
    assert "16 calls, tokens — in and — out, cost $0" in ran.out


def test_a_beginning_of_the_id_is_enough_where_it_is_the_only_one(arena, played, chat_id):
    assert chat_id in arena("chat", "show", chat_id[:-4], "--home", played).out
    several = arena("chat", "show", "demo.2025-10-14.NVDA.c", "--home", played)
    assert (several.code, several.out) == (1, "")
    assert several.err.startswith("arena: several chats begin with demo.2025-10-14.NVDA.c: ")


def test_an_unknown_id_is_a_mistake_that_names_the_nearest(arena, played, chat_id):
    ran = arena("chat", "show", f"x{chat_id}", "--home", played)
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith(f"arena: no chat x{chat_id}; the nearest are ")


def test_a_stage_is_shown_in_full_with_what_the_analyst_looked_at(arena, played, chat_id):
    ran = arena("chat", "show", chat_id, "--stage", "market", "--home", played)
    assert ran.out.startswith("REHEARSAL: ")
    for part in ("Market analyst", "Report", "Figures", 'price_history {"sessions": 60}', "2025-10-14,346.36,"):
        assert part in ran.out
    assert "Trader" not in ran.out


def test_the_calls_are_a_line_each(arena, played, chat_id):
    ran = arena("chat", "show", chat_id, "--stage", "calls", "--home", played)
    assert "16 calls of rehearsal/cautious" in ran.out
    assert sum(" ok " in line for line in ran.out.splitlines()) == 16


@pytest.mark.parametrize("stage", ["market", "research", "trader", "risk", "decision"])
def test_the_json_of_a_stage_is_that_part_of_the_record(arena, played, chat_id, stage):
    whole = json.loads(arena("chat", "show", chat_id, "--json", "--home", played).out)
    chat = ModelChat.model_validate(whole)
    part = json.loads(arena("chat", "show", chat_id, "--stage", stage, "--json", "--home", played).out)
    assert part == (whole["outcome"] if stage == "decision" else whole["stages"][stage])
    assert chat.id == chat_id


def test_the_json_of_the_calls_holds_prompts_and_replies(arena, played, chat_id):
    calls = json.loads(arena("chat", "show", chat_id, "--stage", "calls", "--json", "--home", played).out)
    assert len(TypeAdapter(list[ModelCall]).validate_python(calls)) == 16
    assert all(call["prompt"] for call in calls)


def test_a_stage_the_desk_never_reached_is_said_to_be_missing(arena, folder):
    from arena.store import Store

    chat = make_chat(outcome=TIMEOUT)
    with Store.open(folder / "arena-data") as store:
        store.save_chat(chat)
    ran = arena("chat", "show", chat.id, "--stage", "risk")
    assert (ran.code, ran.out) == (0, "")
    assert ran.err == f"{chat.id} has no risk stage: its desk did not get there, or has no such role\n"
    assert arena("chat", "show", chat.id, "--stage", "risk", "--json").out == "null\n"
    forgetful = arena("chat", "show", chat.id, "--stage", "reflection")
    assert forgetful.err.endswith("its desk did not get there, or was shown no past decision\n")
    whole = arena("chat", "show", chat.id)
    assert "abstained, timeout" in whole.out
    assert "REHEARSAL" not in whole.out
    assert "cost $0.0100" in whole.out


def test_past_decisions_are_shown_in_a_line_each_with_what_was_learnt_from_them():
    learnt = lesson(reflection="It held.", reflected=date(2025, 10, 14))
    unknown = lesson(session=date(2025, 10, 6), action="SELL", return_pct=None, horizon=1)
    stage = ReflectionStage(lessons=(learnt, unknown), failure="the model refused")
    short, full = (
        drawn(chat_view(make_chat(stages=Stages(reflection=stage)))),
        drawn(part_view("reflection", stage, full=True)),
    )
    for text in (short, full):
        assert "Past decisions, as the desk was shown them" in text
        assert "2025-10-07 BUY 0.40  +4.00% by 2025-10-14, 5 sessions later, +2.75 points against SPY" in text
        assert "Reflection of 2025-10-14: It held." in text
        assert "2025-10-06 SELL 0.40  return unknown by 2025-10-14, 1 session later\n" in text
        assert "a reflection that was due is missing: the model refused" in text
    assert ("Strength persists." in short, "Strength persists." in full) == (False, True)


def test_a_models_words_command_no_terminal_and_are_no_markup():
    report = AnalystReport(summary=HOSTILE, key_points=(HOSTILE,), metrics=(), sentiment=0, text=HOSTILE)
    market = AnalystStage(report=report, tool_uses=(ToolUse(name=HOSTILE, arguments=HOSTILE, result=HOSTILE),))
    research = ResearchStage(turns=(ResearchTurn(round=1, speaker="bull", text=HOSTILE),))
    remembered = ReflectionStage(lessons=(lesson(reasoning=HOSTILE, reflection=HOSTILE),), failure=HOSTILE)
    chat = make_chat(
        stages=Stages(market=market, research=research, reflection=remembered),
        outcome=decided().model_copy(update={"reasoning": HOSTILE, "key_risks": (HOSTILE,)}),
        errors=(ChatError(at=CLOSE, node=None, message=HOSTILE),),
        model=HOSTILE,
    )
    for text in (drawn(chat_view(chat)), drawn(stage_of_chat_view(chat, "market", market))):
        assert not {"\x1b", "\x07", "\x9b", "\u202e"} & set(text)
        assert text.count("[red]x[/red]") >= 5


def test_a_narrow_terminal_loses_no_word_of_a_chat():
    words = " ".join(f"word{n}" for n in range(100))
    chat = make_chat(outcome=decided().model_copy(update={"reasoning": words}))
    text = drawn(chat_view(chat), width=80)
    assert all(len(line) <= 80 for line in text.splitlines())
    assert words in " ".join(text.split())


def test_a_chat_is_printed_as_markdown_with_its_lines_unbroken(arena, played, chat_id):
    ran = arena("chat", "show", "--home", played, chat_id, "--markdown")
    assert (ran.code, ran.err) == (0, "")
    with Store.open_existing(played) as store:
        assert ran.out == chat_markdown(store.chat(chat_id))
    assert ran.out.startswith("# NVDA at the close of 2025-10-14, by cautious: BUY 0.14\n")
    assert max(map(len, ran.out.splitlines())) > 200


@pytest.mark.parametrize("other", [("--json",), ("--stage", "risk")])
def test_markdown_is_the_whole_chat_for_people(arena, played, chat_id, other):
    ran = arena("chat", "show", "--home", played, chat_id, "--markdown", *other)
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == "arena: --markdown is the whole chat for people: leave --json and --stage out\n"


def test_a_masked_chat_says_what_stands_for_what():
    mask = MaskedAs(ticker="VK3R", name="Company VK3R", weeks=3146, original="f" * 64, notes=("not hidden: people",))
    shown = drawn(chat_view(make_chat(labels=("masked",), masked=mask)))
    assert shown.startswith("MASKED: the desks were shown an invented ticker, company and dates")
    assert "the ticker is called VK3R, Company VK3R, and every date is 3,146 weeks later" in " ".join(shown.split())
    assert "f" * 64 in shown
    assert "not hidden: people" in shown
