"""Which research a desk goes on from: what rests on the same settings and facts, and was shown the same mask."""

import pytest

from arena.app import Arena
from arena.config.desks import DebateSettings
from arena.records.masking import MaskedAs, MaskedBrief
from arena.rounds.asked import Asked
from arena.rounds.briefs import round_of
from arena.rounds.facts import basis_of
from arena.rounds.research import put_unusable_aside, ready_research
from arena.rounds.state import key_of
from arena.store import Store
from tests.agents.surroundings import brief, research_brief, simulated
from tests.arena.store.test_research import research
from tests.arenas import november, rehearsal_arena


@pytest.fixture
def store(tmp_path):
    with Store.open(tmp_path / "store") as opened:
        yield opened


MASK = MaskedAs(ticker="VK3R", name="Company VK3R", weeks=3146, original="f" * 64, notes=())


def masked(given, ticker="VK3R"):
    return given.model_copy(update={"ticker": ticker, "snapshot_hash": "e" * 64})


def settings(home, **changes):
    return rehearsal_arena(home, contestants=[{"name": "claude", "kind": "rehearsal", "style": "value"}], **changes)


def kept(store, config, **changes):
    part = research_brief(simulated(), season="trial")
    store.save_research(
        research(**{"brief": part, "basis": basis_of(config, config.enabled[0]), "shown": None, **changes})
    )
    return part


@pytest.mark.parametrize(
    ("ran", "plays", "usable"),
    [
        (None, None, True),
        ("VK3R", "VK3R", True),
        ("VK3R", "ZZ9Z", False),
        ("VK3R", None, False),
        (None, "VK3R", False),
    ],
)
def test_research_is_taken_up_only_under_the_mask_it_was_run_under(store, tmp_path, ran, plays, usable):
    config, whole = settings(tmp_path), brief(simulated(), season="trial")
    part = research_brief(simulated(), season="trial")
    kept(store, config, shown=masked(part, ran) if ran else None)
    shown = masked(whole, plays) if plays else None
    found = ready_research(store, config, config.enabled[0], whole, shown)
    assert (found is not None) == usable


def test_what_was_run_under_another_mask_is_put_aside_with_the_reason(store, tmp_path):
    config, whole = settings(tmp_path), brief(simulated(), season="trial")
    part = research_brief(simulated(), season="trial")
    kept(store, config, shown=masked(part, "ZZ9Z"))
    briefs = {key_of("NVDA", "claude"): whole}
    shown = {("NVDA", "claude"): MaskedBrief(brief=masked(whole), mask=MASK)}
    asked = Asked(("NVDA",), whole.session, whole.as_of, config.enabled)
    round_ = round_of(config, asked, {"NVDA": simulated()})
    (note,) = put_unusable_aside(store, config, round_, briefs, shown=shown, decided=())
    assert "the mask has changed" in note
    assert store.ready_research("trial") == ()


def test_a_round_that_goes_on_under_other_debates_takes_no_research_of_before(store, tmp_path):
    config, whole = settings(tmp_path), brief(simulated(), season="trial")
    kept(store, config)
    other = config.desk.model_copy(update={"debate": DebateSettings(rounds=2)})
    assert ready_research(store, config, config.enabled[0], whole, None) is not None
    rewired = config.model_copy(update={"desk": other})
    assert ready_research(store, rewired, rewired.enabled[0], whole, None) is None


def test_a_room_for_rounds_that_are_wired_otherwise_has_the_same_gate(tmp_path):
    with Arena(settings(tmp_path), environ={}, clock=november) as arena:
        other = arena.config.desk.model_copy(update={"debate": DebateSettings(rounds=2)})
        under = arena.referee.under(other)
        assert under.room is not arena.referee.room
        assert under.room._gate is arena.referee.room._gate
        assert under.room._config.desk == other
