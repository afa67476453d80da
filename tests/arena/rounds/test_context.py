"""What a run's context asks for beside its input."""

from datetime import date

import pytest
from pydantic import ValidationError

from arena.config.desks import DebateSettings, DeskSettings
from arena.errors import UsageError
from arena.rounds.context import DebateContext, DeskContext, RoundContext

SETTINGS = DeskSettings(debate=DebateSettings(rounds=3), risk=DebateSettings(rounds=2, style="turns"))


def test_the_inputs_words_win_over_the_contexts():
    context = RoundContext(tickers=("NVDA",), as_of=date(2025, 10, 14), contestants=("value",))
    assert context.asked({}) == {"tickers": ["NVDA"], "session": "2025-10-14", "contestants": ["value"]}
    given = {"tickers": ["AAPL"], "session": "2025-10-13", "contestants": ["cautious"], "keep_abstentions": True}
    assert context.asked(given) == given
    assert DeskContext(ticker="NVDA").asked("AAPL", None) == ("AAPL", None)


def test_a_desk_is_asked_on_something():
    with pytest.raises(UsageError, match="name a ticker, such as NVDA, in the input or in the context"):
        DeskContext().asked("", None)


def test_debates_are_held_as_configured_but_for_what_is_wished():
    assert DebateContext().desk(SETTINGS) == SETTINGS
    assert DebateContext(rounds=0).desk(SETTINGS) == SETTINGS.model_copy(
        update={"debate": DebateSettings(rounds=0), "risk": DebateSettings(rounds=0, style="turns")}
    )
    wished = DebateContext(style="parallel").desk(SETTINGS)
    assert (wished.debate.style, wished.risk.style) == ("parallel", "parallel")
    assert (wished.debate.rounds, wished.risk.rounds) == (3, 2)


def test_what_a_form_leaves_blank_is_left_out():
    blank = {"tickers": ["NVDA"], "as_of": "", "rounds": "", "style": ""}
    assert RoundContext.model_validate(blank) == RoundContext(tickers=("NVDA",))
    with pytest.raises(ValidationError):
        RoundContext.model_validate({"style": "loud"})
