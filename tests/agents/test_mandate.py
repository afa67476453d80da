"""The rules that really hold, as desks are told them; at the defaults word for word what they always were."""

import asyncio
import hashlib
import json
from decimal import Decimal
from typing import get_args

import pytest

from agents import mandate as told
from agents.risk import portfolio_manager
from agents.state import dump
from agents.trader import trader
from arena.llm.asking import form_tool_name
from arena.llm.forms import wire_schema
from arena.llm.rehearsal import figures, roles
from arena.llm.rehearsal.styles import STYLES
from arena.records.desk import MarginPlan, PositionView, ResearchVerdict, Role, TraderPlan
from arena.records.outcome import Decision, MarginDecision
from arena.records.terms import Margin, Terms
from tests.agents.surroundings import FORMS, House, ScriptedClient, brief, mandate, portfolio, reported, simulated
from tests.agents.test_prompting import asked

MARGIN = Terms(
    fractional=True,
    margin=Margin(initial=Decimal("1.5"), maintenance=Decimal("1.3"), borrow_rate=Decimal("0.025")),
    cash_rate=Decimal("0.04"),
)


def digest(text):
    return hashlib.sha256(text.encode()).hexdigest()


def test_at_the_default_settings_nobody_is_told_of_what_does_not_hold():
    """The digests are of the forms before there was anything else to be told."""
    for role in ("trader", "portfolio_manager", "single_agent"):
        told = "\0".join(message.text for message in asked(role))
        assert "Rules: long only, whole shares; orders fill at the next session's open;" in told
        assert "how much of the available cash (BUY) or of the shares held (SELL)" in told
        assert not {"margin", "short", "fractional", "borrow"} & set(told.lower().split())
    assert digest(json.dumps(wire_schema(Decision))) == (
        "881a7e3bc209e5855193c951f9d3e47bdf8db5a5073f0379e73cc529cb0396af"
    )
    assert digest(json.dumps(wire_schema(TraderPlan))) == (
        "b2940da9347496546440765bfd30b3558305150d901f268ca85574a42c35aa3c"
    )


def test_rules_for_shorts_parts_and_interest_are_told():
    assert told.rules(mandate(terms=MARGIN), None) == (
        "long or short, fractional shares; SELL without shares sells short, BUY while short covers, and no order turns "
        "a holding into a short or back; cash, with what short sales brought, must be 150% of what all shorts are "
        "worth when a position is opened, and 130% at every close, or all shorts are covered at the next open; who is "
        "short pays the dividends; borrowed shares cost 2.5% a year; cash earns 4% a year; orders fill at the next "
        "session's open; at most 100% of equity in one ticker; slippage 0 bp, commission 0 bp."
    )
    assert told.rules(mandate(terms=Terms(fractional=True)), None).startswith("long only, fractional shares; orders")


@pytest.mark.parametrize("role", get_args(Role))
def test_no_prompt_speaks_of_short_sales_where_there_are_none(role):
    assert "short" not in asked(role)[1].text.replace("Analysts, in short", "")


def test_a_book_with_shorts_is_told_with_its_margin_and_its_calls():
    def position(ticker, shares, cost, value):
        mark = Decimal(value) / Decimal(shares)
        place = {"mark": mark, "marked": simulated().session, "value": Decimal(value)}
        return PositionView(ticker=ticker, shares=Decimal(shares), average_cost=Decimal(cost), **place)

    held = portfolio(position("AAPL", "12.5", "90", "1250"), position("NVDA", "-40", "100", "-4400"), cash="14000")
    short = held.model_copy(update={"available": Decimal("-12.5"), "margin": Decimal(6_600), "margin_calls": ("NVDA",)})
    assert told.book(short) == (
        "-$12.50 available cash, equity $10,850.00; holding 12.5 AAPL at an average cost of $90.00, worth $1,250.00 on "
        "2025-10-14; short 40 NVDA sold at $100.00 on average, worth $4,400.00 on 2025-10-14; margin for that "
        "$6,600.00, cash $14,000.00; margin is called: NVDA will be covered at the next open."
    )
    assert figures.holds(told.book(short), "AAPL")
    assert not figures.holds(told.book(short), "NVDA")


def shorting_client():
    return ScriptedClient(forms={**FORMS, MarginPlan: FORMS[TraderPlan], MarginDecision: FORMS[Decision]})


@pytest.mark.parametrize("terms", [Terms(), MARGIN])
def test_the_forms_are_those_of_the_book(terms):
    snapshot, client = simulated(), shorting_client()
    state = {
        "brief": dump(brief(snapshot, mandate=mandate(terms=terms))),
        **reported(),
        "investment_plan": dump(ResearchVerdict.model_validate(FORMS[ResearchVerdict])),
        "trader_investment_plan": dump(TraderPlan.model_validate(FORMS[TraderPlan])),
    }
    for node in (trader, portfolio_manager):
        asyncio.run(node(House(client, snapshot))(state))
    tells = [" to be sold short (SELL without shares)" in one.text for one in client.asked]
    assert tells == [terms.margin is not None] * 2
    assert (told.decision_form(mandate(terms=terms)) is MarginDecision) == (terms.margin is not None)


def test_a_margin_form_differs_from_the_plain_one_in_its_words_alone():
    for plain, margin in ((Decision, MarginDecision), (TraderPlan, MarginPlan)):
        before, after = wire_schema(plain), wire_schema(margin)
        assert list(before["properties"]) == list(after["properties"])
        assert before["required"] == after["required"]
        assert "sold short" in after["properties"]["fraction"]["description"]
        assert form_tool_name(margin).startswith("submit_")
    again = MarginDecision.model_validate(FORMS[Decision])
    assert Decision.model_validate(again.model_dump()) == Decision.model_validate(FORMS[Decision])


def test_a_stand_in_sells_short_only_where_the_rules_let_it():
    bearish = "## market (sentiment -0.90)\nFigures: none"
    for rules, action in (("long only, whole shares", "HOLD"), ("long or short, whole shares", "SELL")):
        prompt = f"Ticker NVDA: x\nRules: {rules}; orders\n\n{bearish}"
        assert roles.proposal(STYLES["momentum"], prompt)["action"] == action
