"""A chat as Markdown, read back by a CommonMark parser with GitHub's tables: nothing said is anything but text."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from arena.markdown import chat_markdown
from arena.markdown.escaping import inline, listed, quoted, table
from arena.records.chat import ChatError, Imported, Stages, UnsupportedFigure
from arena.records.outcome import Decision, ImportedDecision
from tests.arena.search.test_passages import REPORT, STAGES
from tests.arena.store.chat import CLOSE, TIMEOUT, call, decided, make_chat

PARSER = MarkdownIt("commonmark").enable("table").enable("strikethrough")

EVIL = (
    "# Heading\n## Heading *two*\n<script>alert(1)</script> <img src=x onerror=y>\n![t](http://x/y.png) [l](js:z)\n"
    "[ref]\n\n[ref]: http://evil\n```\nfence\n~~~\n    code\n\tcode\n---\nsetext\n===\n> quote\n<!-- comment\n"
    "&lt;b&gt; $x$ `c`\n"
    "- [ ] task\n* * *\n\x1b[31mred\x00\u202e | a | b\n|---|---|\n</details>\n<https://auto>\n1. one\n\\<b>"
)

ACTIVE = {"html_inline", "html_block", "image", "link_open", "code_inline", "code_block", "fence", "hr", "s_open"}


def tokens(text):
    for token in PARSER.parse(text):
        yield token
        yield from token.children or ()


def headings(text):
    found = PARSER.parse(text)
    return [found[n + 1].content for n, token in enumerate(found) if token.type == "heading_open"]


def evil_chat():
    report = REPORT.model_copy(
        update={"summary": EVIL, "key_points": (EVIL, "1. one", "- two", "# three"), "text": EVIL}
    )
    metric = report.metrics[0].model_copy(update={"name": EVIL, "unit": EVIL})
    report = report.model_copy(update={"metrics": (metric,)})
    research = STAGES.research.model_copy(
        update={"turns": tuple(turn.model_copy(update={"text": EVIL}) for turn in STAGES.research.turns)}
    )
    plan = STAGES.trader.model_copy(update={"entry": EVIL, "reasoning": EVIL})
    stages = STAGES.model_copy(
        update={"news": STAGES.news.model_copy(update={"report": report}), "research": research, "trader": plan}
    )
    outcome = Decision(action="BUY", fraction=0.5, confidence=0.5, reasoning=EVIL, key_risks=(EVIL,), stop_loss="9.5")
    figure = UnsupportedFigure(stage="news", text=EVIL, value=1, nearest=None, nearest_name=EVIL)
    return make_chat(
        stages=stages,
        outcome=outcome,
        unsupported=(figure,),
        ticker=EVIL,
        contestant=EVIL,
        model=EVIL,
        calls=(call(None).model_copy(update={"model": EVIL, "node": EVIL}),),
        errors=(ChatError(at=CLOSE, node=None, message=EVIL),),
    )


def test_nothing_that_was_said_is_anything_but_text():
    document = chat_markdown(evil_chat())
    assert not ACTIVE & {token.type for token in tokens(document)}
    assert not re.search(r"<(?!=)[a-z!/]", document)
    assert not set("\x1b\x00\u202e") & set(document)
    assert headings(document)[1:] == [
        "Outcome",
        "News analyst",
        "Research debate",
        "Trader",
        "Risk debate",
        "Figures that nothing it was shown bears out",
        "Errors on the way",
        "Calls",
    ]


def test_it_reads_like_the_conversation_it_was():
    document = chat_markdown(make_chat(stages=STAGES, labels=("simulated",)))
    assert document.startswith(
        "# NVDA at the close of 2025-10-14, by claude: BUY 0.50\n\n"
        "**SIMULATED: the market is invented; no price, figure or article in it is real.**\n"
    )
    parts = """## Outcome|> because|- rates|## News analyst|> Up.|- Margin.|> All of it.|**Bull, round 1**|> Buy it.
        |**Bear, round 1**|**Research manager: bullish**|> c|## Trader|> cheap|## Risk debate|> Half.|## Calls"""
    places = [document.index(f"\n{part.strip()}") for part in parts.split("|")]
    assert places == sorted(places)
    assert "## Trader\n\n**BUY 0.50**, stop loss \\$9.00\n" in document
    assert "vendor" not in document  # what tools answered, and prompts, are in the JSON
    assert "NVDA?" not in document


def test_an_abstention_says_why_and_is_never_a_hold():
    document = chat_markdown(make_chat(outcome=TIMEOUT.model_copy(update={"stage": "trader"})))
    assert "**abstained, timeout**, at the trader\n\n> took too long\n" in document
    assert "HOLD" not in document


def test_an_import_tells_where_it_comes_from_and_every_text_under_its_role():
    imported = Imported(
        project="TradingAgents",
        source="AAPL.json",
        texts={"market_analyst": "## Trend\nUp.", "bull_researcher": "Buy.", "portfolio_manager": "Agreed."},
        notes=("odd",),
    )
    outcome = ImportedDecision(action=None, rating="买入 | hold", reasoning="")
    document = chat_markdown(make_chat(imported=imported, outcome=outcome, labels=("imported",), calls=()))
    assert "| Imported from | TradingAgents: AAPL.json |\n| Note | odd |" in document
    assert "**BUY and SELL**, in its words: 买入 \\| hold\n\nIts reasons are not known." in document
    assert "## Market analyst\n\n> **Trend**\n> Up.\n" in document
    assert "**Bull researcher**\n\n> Buy." in document
    assert document.index("## Risk debate") < document.index("**Portfolio manager**\n\n> Agreed.")


def test_what_an_imported_model_said_on_the_way_is_part_of_the_conversation():
    calls = (call(reply="# On the way <b>"), call(reply=""), call(reply="because"))
    imported = Imported(project="AI-Trader", source="log")
    document = chat_markdown(make_chat(imported=imported, calls=calls))
    assert "## Said on the way\n\n**Reply 1**\n\n> **On the way &lt;b&gt;**\n\n## Calls" in document
    assert "Said on the way" not in chat_markdown(make_chat(calls=calls))


def test_what_calls_cost_is_told_as_far_as_it_is_known():
    assert "cost \\$0.0300 |" in chat_markdown(make_chat(calls=(call("0.01"), call("0.02"))))
    assert "cost \\$0.0100 + 1 call unknown |" in chat_markdown(make_chat(calls=(call("0.01"), call(None))))
    assert "cost unknown |" in chat_markdown(make_chat(calls=(call(None),)))
    assert "## Market analyst" not in chat_markdown(make_chat(stages=Stages(), outcome=decided()))


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("**bold** and\n\n- a list\n  - nested", "> **bold** and\n>\n> - a list\n>   - nested"),
        ("### Title ###\ntext", "> **Title**\n> text"),
        ("# a *b*", "> \\# a *b*"),
        ("| a | b |\n|---|---|\n| 1 | 2 |", "> | a | b |\n> |---|---|\n> | 1 | 2 |"),
        ("a\n---\nb", "> a\n> \\---\n> b"),
        ("- a\n      deep     code", "> - a\n>    deep code"),
        ("I hold $5 & <b>", "> I hold \\$5 &amp; &lt;b&gt;"),
        ("عربي 中文", "> عربي 中文"),
    ],
)
def test_the_plain_markdown_of_models_stays(written, shown):
    assert quoted(written) == shown


MARKUP = st.text(st.sampled_from("#*_-=+`~[]()<>!|\\&$:/. \n\t1aA\u202e\x00"), max_size=60)


@given(MARKUP)
def test_a_quote_holds_whatever_is_in_it(text):
    document = f"{quoted(text)}\n\nafter"
    found = PARSER.parse(document)
    assert not (ACTIVE | {"heading_open"}) & {token.type for token in tokens(document)}
    # The quote is one, the first thing, and over where it ends.
    assert found[0].type == "blockquote_open"
    level_0 = [token.type for token in found if token.level == 0]
    assert level_0 == ["blockquote_open", "blockquote_close", "paragraph_open", "paragraph_close"]


@given(MARKUP)
def test_a_line_a_list_and_a_cell_hold_whatever_is_in_them(text):
    document = f"# {inline(text)}x\n\n{listed([text + 'x', 'next'])}\n\n{table(('A', 'B'), [(text, 'b')])}\n\nafter"
    found = PARSER.parse(document)
    kinds = [token.type for token in tokens(document)]
    assert not (ACTIVE | {"em_open", "strong_open", "blockquote_open"}) & set(kinds)
    assert [token.type for token in found if token.level == 0][::2] == [
        "heading_open",
        "bullet_list_open",
        "table_open",
        "paragraph_open",
    ]
    assert (kinds.count("list_item_open"), kinds.count("td_open"), kinds.count("heading_open")) == (2, 2, 1)
