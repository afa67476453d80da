"""A round through the supervisor: every contestant at every ticker, once, and none disturbs another."""

import asyncio

import pytest
from langgraph.checkpoint.memory import InMemorySaver

from arena.app import Arena
from arena.config.desks import DebateSettings, DeskSettings
from arena.config.model import ArenaConfig
from arena.market.vendor import PartialVendor
from arena.records.market import PriceHistory
from arena.records.outcome import Abstention, Decision
from arena.rounds.state import RoundState
from arena.store import Store
from graphs.supervisor import desk_node
from tests.agents.surroundings import NOW

STYLES = ("cautious", "contrarian", "momentum", "newsreader", "value")
TICKERS = ["NVDA", "AAPL"]
GARBAGE = {
    "name": "garbler",
    "kind": "class",
    "chat_model": "langchain_core.language_models.fake_chat_models:FakeListChatModel",
    "arguments": {"responses": ["garbage"]},
}


def rehearsing(name, style=None):
    return {"name": name, "kind": "rehearsal", "style": style or name}


def arena(home, *contestants, **settings):
    config = ArenaConfig.model_validate(
        {
            "season": "demo",
            "as_of": "2025-10-14",
            "home": home,
            "contestants": list(contestants or map(rehearsing, STYLES)),
            "market": {"vendors": ["simulated"]},
            **settings,
        }
    )
    return Arena(config, environ={}, clock=lambda: NOW)


def told(result):
    """What came of a round, without the ids and times of its chats."""
    rows = [row.model_dump(exclude={"elapsed"}) for row in result.standings.rows]
    trades = [event.model_dump(exclude={"chat_id"}) for event in (*result.orders, *result.fills)]
    return {
        "outcomes": {(chat.ticker, chat.contestant): chat.outcome for chat in result.chats},
        "consensus": result.consensus,
        "trades": trades,
        "standings": rows,
    }


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """A round of the packaged demo over two tickers, and what playing it again gave."""
    home = tmp_path_factory.mktemp("demo")
    with Arena.load("demo", {"home": home}) as stage:
        heard = []
        first = stage.run(TICKERS)
        return first, stage.run(TICKERS, on_progress=heard.append), heard


def test_the_arena_has_one_node_for_each_contestant(tmp_path):
    with arena(tmp_path) as stage:
        assert set(stage.graph.nodes) == {
            "__start__",
            "open",
            "vote",
            "follow",
            "trade",
            "rank",
            "announce",
            *map(desk_node, STYLES),
        }


def test_the_drawing_shows_the_inside_of_every_desk(tmp_path):
    with arena(tmp_path) as stage:
        drawn = stage.graph.get_graph(xray=True)
        desks = stage.graph.get_graph(xray=1)
        outside = stage.graph.get_graph()
    for style in STYLES:
        for step in ("market_analyst:look", "bull_researcher", "trader", "portfolio_manager"):
            assert f"{desk_node(style)}:{step}" in drawn.nodes
        assert f"{desk_node(style)}:market_analyst" in desks.nodes
        assert desk_node(style) in outside.nodes
    # Two levels down LangChain refuses to write Mermaid: every desk has a subgraph called market_analyst.
    assert "desk_value" in desks.draw_mermaid()


def test_the_context_asks_for_a_round_and_its_record_tells_how_the_debates_were_held(tmp_path):
    wished = {"tickers": ["NVDA"], "as_of": "2025-10-13", "contestants": ["value"], "rounds": 2, "style": "turns"}
    with arena(tmp_path) as stage:
        state = asyncio.run(stage.graph.ainvoke({}, context=wished))
        chat = stage.chat(state["outcomes"]["NVDA/value"]["chat_id"])
        replayed = stage.replay(chat.id)
        twice = DebateSettings(rounds=2, style="turns")
        desk = stage.config.desk.model_copy(update={"debate": twice, "risk": twice})
        as_such = stage.config.model_copy(update={"desk": desk})
    assert str(chat.session) == "2025-10-13"
    assert [(turn.round, turn.speaker) for turn in chat.stages.research.turns] == [
        (1, "bull"),
        (1, "bear"),
        (2, "bull"),
        (2, "bear"),
    ]
    assert len(chat.stages.risk.turns) == 6
    assert DeskSettings.model_validate(state["desk"]) == desk
    assert chat.config_hash == state["round"]["config_hash"] == as_such.hash != stage.config.hash
    assert replayed.equal


def test_a_round_that_was_interrupted_goes_on_as_it_began(tmp_path):
    async def in_two_runs():
        with arena(tmp_path) as stage:
            graph = stage.graph.copy({"checkpointer": InMemorySaver()})
            thread = {"configurable": {"thread_id": "1"}}
            asked = {"tickers": ["NVDA"], "contestants": ["value"]}
            await graph.ainvoke(asked, thread, context={"rounds": 0}, interrupt_before=["desk_value"])
            state = await graph.ainvoke(None, thread)
            return await stage.achat(state["outcomes"]["NVDA/value"]["chat_id"])

    chat = asyncio.run(in_two_runs())
    assert chat.stages.research.turns == ()
    assert chat.outcome.kind == "decision"


def test_a_desk_that_decided_while_its_round_was_interrupted_is_not_asked_again(tmp_path):
    async def with_another_between():
        async with arena(tmp_path) as stage, arena(tmp_path) as other:
            graph = stage.graph.copy({"checkpointer": InMemorySaver()})
            thread = {"configurable": {"thread_id": "1"}}
            asked = {"tickers": ["NVDA"], "contestants": ["value", "momentum"]}
            await graph.ainvoke(asked, thread, interrupt_before=["desk_value", "desk_momentum"])
            (chat,) = (await other.arun(["NVDA"], contestants=["value"])).chats
            state = await graph.ainvoke(None, thread)
            rows = await stage.achats()
        return chat.id, state, [row.contestant for row in rows]

    kept, state, stored = asyncio.run(with_another_between())
    assert state["outcomes"]["NVDA/value"]["chat_id"] == kept
    assert sorted(stored) == ["momentum", "value"]
    assert len(state["standings"]["rows"]) == 2


def test_desks_that_begin_together_look_once_who_has_decided(tmp_path, monkeypatch):
    looks, decisions = [], Store.decisions

    def heard(store, season, session):
        looks.append(session)
        return decisions(store, season, session)

    monkeypatch.setattr(Store, "decisions", heard)
    with arena(tmp_path) as stage:
        assert len(stage.run(TICKERS).chats) == len(TICKERS) * len(STYLES)
    assert len(looks) == 1


def test_a_round_gives_an_outcome_for_every_contestant_and_ticker(demo):
    first, _, _ = demo
    assert [(chat.ticker, chat.contestant) for chat in first.chats] == [(t, c) for t in sorted(TICKERS) for c in STYLES]
    assert all(isinstance(chat.outcome, Decision) for chat in first.chats)
    assert len({chat.id for chat in first.chats}) == 10
    assert [vote.ticker for vote in first.consensus] == ["AAPL", "NVDA"]
    assert first.replayed == ()
    assert {chat.labels for chat in first.chats} == {("rehearsal", "simulated")}
    assert {chat.snapshot_hash for chat in first.chats} == set(first.round.snapshots.values())


def test_a_round_played_again_runs_no_desk_and_comes_to_the_same(demo):
    first, again, heard = demo
    assert heard == []
    assert again.chats == first.chats
    assert sorted(again.replayed) == sorted(chat.id for chat in first.chats)
    assert again.consensus == first.consensus
    assert again.orders == first.orders
    assert again.fills == first.fills
    assert again.standings.rows == first.standings.rows


def test_some_first_and_the_rest_later_come_to_one_round_with_all(tmp_path, demo):
    with arena(tmp_path) as stage:
        early = stage.run(TICKERS, contestants=["value", "cautious"])
        assert {chat.contestant for chat in early.chats} == {"value", "cautious"}
        heard = []
        late = stage.run(TICKERS, on_progress=heard.append)
    assert {progress.contestant for progress in heard} == {"contrarian", "momentum", "newsreader"}
    assert len(late.chats) == 10
    assert sorted(late.replayed) == sorted(chat.id for chat in early.chats)
    assert told(late)["outcomes"] == told(demo[0])["outcomes"]
    assert late.consensus == demo[0].consensus
    assert {row.contestant for row in late.standings.rows} == set(STYLES)


def test_one_that_cannot_answer_abstains_and_the_others_are_untouched(tmp_path, demo):
    with arena(tmp_path, *map(rehearsing, STYLES), GARBAGE) as stage:
        result = stage.run(TICKERS)
    by_contestant = {(chat.ticker, chat.contestant): chat for chat in result.chats}
    for ticker in TICKERS:
        failed = by_contestant.pop((ticker, "garbler"))
        assert isinstance(failed.outcome, Abstention)
        assert failed.outcome.reason == "unparseable"
        assert failed.outcome.stage in {"market_analyst", "news_analyst", "fundamentals_analyst", "social_analyst"}
        assert failed.errors
    assert {key: chat.outcome for key, chat in by_contestant.items()} == told(demo[0])["outcomes"]
    assert not [order for order in result.orders if order.contestant == "garbler"]


@pytest.mark.slow
def test_the_contestants_order_changes_nothing(tmp_path):
    results = []
    for place, styles in enumerate((STYLES, STYLES[::-1], ("newsreader", *STYLES[:3], "value"))):
        with arena(tmp_path / str(place), *map(rehearsing, styles)) as stage:
            results.append(told(stage.run(TICKERS[::-1] if place else TICKERS)))
    assert results[0] == results[1] == results[2]


def test_contestants_may_bear_the_names_of_steps_and_state_fields(tmp_path):
    names = ["open", "vote", "follow", "trade", "rank", "announce", *RoundState.__annotations__]
    with arena(tmp_path, *(rehearsing(name, "value") for name in names)) as stage:
        result = stage.run(["NVDA"])
    assert [chat.contestant for chat in result.chats] == sorted(names)
    assert len({chat.outcome for chat in result.chats}) == 1


def test_a_disabled_contestant_plays_when_it_is_named(tmp_path):
    idle = {**rehearsing("idle", "value"), "enabled": False}
    with arena(tmp_path, rehearsing("value"), idle) as stage:
        assert {chat.contestant for chat in stage.run(["NVDA"]).chats} == {"value"}
        assert {chat.contestant for chat in stage.run(["NVDA"], contestants=["idle"]).chats} == {"idle"}


def test_without_prices_nobody_is_asked(tmp_path):
    class Silent(PartialVendor):
        """A vendor that knows the ticker and nothing else."""

        name = "simulated"

        def prices(self, ticker, start, end):
            return PriceHistory(ticker=ticker, bars=())

    config = ArenaConfig.model_validate(
        {
            "as_of": "2025-10-14",
            "home": tmp_path,
            "contestants": [rehearsing("value")],
            "market": {"vendors": ["simulated"]},
        }
    )
    with Arena(config, environ={}, vendors=[Silent()], clock=lambda: NOW) as stage:
        (chat,) = stage.run(["NVDA"]).chats
    assert isinstance(chat.outcome, Abstention)
    assert chat.outcome.reason == "no_data"
    assert chat.calls == ()
