"""Masked contestants in real rounds: rehearsal stand-ins, who go by the figures and so decide alike under a mask."""

import asyncio
import shutil
from datetime import date, timedelta

import pytest

from arena.app import Arena
from arena.audit import audit_season
from arena.config.model import ArenaConfig
from arena.market import snapshot as snapshots
from tests.arenas import november

DAY = date(2025, 10, 14)
STYLES = ("momentum", "value")


def config(home, *contestants, **settings):
    both = [one for style in STYLES for one in (stand_in(style), stand_in(style, f"{style}-masked", mask=True))]
    rows = contestants or (*both, stand_in("value", "alone-masked", mask=True, desk="single"))
    known = {"season": "trial", "home": home, "contestants": rows, "market": {"vendors": ["simulated"]}}
    return ArenaConfig.model_validate({**known, **settings})


def stand_in(style, name=None, **settings):
    return {"name": name or style, "kind": "rehearsal", "style": style, **settings}


def opened(home, *contestants, **settings):
    return Arena(config(home, *contestants, **settings), environ={}, clock=november)


@pytest.fixture(scope="module")
def played(tmp_path_factory):
    """The home of a round, and what came of it."""
    home = tmp_path_factory.mktemp("masked") / "home"
    with opened(home) as arena:
        return home, arena.run(["NVDA"], as_of=DAY)


def chat_of(result, contestant):
    return next(chat for chat in result.chats if chat.contestant == contestant)


def test_who_goes_by_the_figures_decides_alike_under_a_mask(played):
    for style in STYLES:
        plain, masked = (chat_of(played[1], name) for name in (style, f"{style}-masked"))
        assert plain.outcome == masked.outcome
        assert plain.stages.market.report.metrics == masked.stages.market.report.metrics
        assert plain.stages.market.report.summary != masked.stages.market.report.summary
        assert (masked.unsupported, masked.errors) == ((), ())


def test_it_trades_the_real_ticker_for_the_same_money(played):
    rows = {row.contestant: row for row in played[1].standings.rows}
    for style in STYLES:
        assert rows[style].equity == rows[f"{style}-masked"].equity
    assert {order.ticker for order in played[1].orders} == {"NVDA"}


def test_its_chat_is_labelled_and_leads_to_what_it_saw_and_to_the_original(played):
    home, result = played
    chat = chat_of(result, "value-masked")
    assert chat.labels == ("rehearsal", "simulated", "masked")
    assert chat_of(result, "alone-masked").labels == ("rehearsal", "simulated", "single", "masked")
    with opened(home) as arena:
        seen, original = arena.stored_snapshot(chat.id), arena.stored_snapshot(chat.masked.original)
        assert arena.chat(chat.id) == chat
    assert (seen.ticker, seen.masks) == (chat.masked.ticker, original.hash)
    assert (original.ticker, original.hash) == ("NVDA", result.round.snapshots["NVDA"])
    assert (seen.session - DAY).days == 7 * chat.masked.weeks


def test_an_unmasked_chat_is_written_as_it_was_before_there_were_masks(played):
    written = chat_of(played[1], "value").model_dump(mode="json")
    assert "masked" not in written
    assert list(written)[-2:] == ["unsupported", "imported"]


def test_beside_its_twin_it_has_no_vote(played):
    (vote,) = played[1].consensus
    assert sum(vote.votes.values()) == len(STYLES)
    assert vote.notes == (
        "without a vote, for a model counts once: alone-masked (a desk of one agent), momentum-masked (momentum under "
        "a mask), value-masked (value under a mask)",
    )


@pytest.mark.parametrize("other", [(), (stand_in("value", max_tokens=99),), (stand_in("value", enabled=False),)])
def test_without_a_twin_that_competes_it_has_one(tmp_path, other):
    with opened(tmp_path, stand_in("value", "masked", mask=True), *other) as arena:
        (vote,) = arena.run(["ACME"], as_of=DAY, contestants=["masked"]).consensus
    assert (sum(vote.votes.values()), vote.notes) == (1, ())


@pytest.mark.slow
def test_the_round_replays_equal_and_so_does_each_chat(played):
    home, result = played
    with opened(home) as arena:
        assert arena.replay_round(["NVDA"], as_of=DAY).equal
        assert arena.replay(chat_of(result, "value-masked").id).equal
        assert arena.replay_round(["NVDA"], as_of=DAY, contestants=["value-masked"]).equal


def test_the_auditor_holds_the_masked_facts_against_the_original(played, tmp_path):
    home = shutil.copytree(played[0], tmp_path / "home")
    report = audit_season(home, "trial")
    assert (report.findings, report.checked["snapshots"]) == ((), 2)
    hashed = chat_of(played[1], "value-masked").snapshot_hash
    seen = snapshots.load(hashed, home / "snapshots")
    snapshots.save(seen, tmp_path / "elsewhere")
    (home / "snapshots" / f"{hashed}.json").unlink()
    told = audit_season(home, "trial").findings
    assert {finding.kind for finding in told} == {"unreadable"}
    assert len(told) == 3


def test_in_studio_and_in_an_estimate_its_brief_is_masked_too(played, tmp_path):
    home, result = played
    with opened(home) as arena:
        desk = arena.lone_desk("alone-masked")
        state = asyncio.run(desk.ainvoke({"ticker": "NVDA", "session": DAY.isoformat()}))
        assert state["brief"]["ticker"] == chat_of(result, "alone-masked").masked.ticker
        assert state["brief"]["contestant"] == "alone-masked"
    with opened(tmp_path / "home") as arena:
        rows = {row.contestant: row for row in arena.estimate(["NVDA"], as_of=DAY).contestants}
    assert rows["value-masked"].calls == rows["value"].calls
    assert rows["value-masked"].prompt_tokens != rows["value"].prompt_tokens


def test_where_a_required_section_is_missing_the_reason_names_the_real_ticker(tmp_path):
    market = {"vendors": ["files"], "files": {"folder": tmp_path}, "require": ["prices", "news"]}
    (tmp_path / "NVDA.csv").write_text("session,open,high,low,close,volume\n2025-10-14,1,1,1,1,1\n")
    with opened(tmp_path / "home", stand_in("value", "masked", mask=True), market=market) as arena:
        (chat,) = arena.run(["NVDA"], as_of=DAY).chats
    assert chat.outcome.detail.startswith("NVDA at 2025-10-14: news are no_data")
    assert (chat.labels, chat.snapshot_hash != chat.masked.original) == (("rehearsal", "masked"), True)


def test_masked_replicas_share_one_twin_of_the_facts(tmp_path):
    with opened(tmp_path, stand_in("value", "masked", mask=True, replicas=2, desk="single")) as arena:
        chats = arena.run(["ACME"], as_of=DAY).chats
    assert [chat.contestant for chat in chats] == ["masked~1", "masked~2"]
    assert len({chat.snapshot_hash for chat in chats}) == 1
    assert len(list((tmp_path / "snapshots").iterdir())) == 2


def test_the_report_stands_it_beside_its_twin(played):
    with opened(played[0]) as arena:
        pairs = arena.report().masks
    assert [(pair.masked, pair.unmasked) for pair in pairs] == [
        ("momentum-masked", "momentum"),
        ("value-masked", "value"),
    ]
    for pair in pairs:
        assert (pair.difference, pair.masked_return) == (0.0, pair.unmasked_return)
        assert (pair.range, pair.p) == (None, None)
        assert pair.definition
        assert pair.source


@pytest.mark.slow
def test_it_remembers_as_its_twin_does_and_reflects_once(tmp_path):
    days, memory = (date(2025, 10, 6), date(2025, 10, 10)), {"horizon": 2, "lessons": 2}
    rows = (stand_in("momentum"), stand_in("momentum", "veiled", mask=True))
    with opened(tmp_path, *rows, memory=memory) as arena:
        arena.season_run(["NVDA"], *days)
        chats = {
            name: sorted((arena.chat(row.id) for row in arena.chats(contestant=name)), key=lambda chat: chat.session)
            for name in ("momentum", "veiled")
        }
    told = {name: [chat.stages.reflection for chat in some] for name, some in chats.items()}
    assert [stage is None for stage in told["momentum"]] == [True, True, False, False, False]
    for plain, masked, chat in zip(told["momentum"], told["veiled"], chats["veiled"], strict=True):
        if plain is None:
            assert masked is None
            continue
        moved = timedelta(weeks=chat.masked.weeks)
        for mine, others in zip(masked.lessons, plain.lessons, strict=True):
            days = [mine.session - moved, mine.until - moved, mine.reflected - moved]
            assert days == [others.session, others.until, others.reflected]
            assert (mine.close, mine.return_pct, mine.action) == (others.close, others.return_pct, others.action)
    # Each decision is reflected on in one call, once.
    calls = {
        name: [call.node for chat in some for call in chat.calls].count("reflection") for name, some in chats.items()
    }
    assert calls["veiled"] == calls["momentum"] > 0
    assert audit_season(tmp_path, "trial").findings == ()


def test_what_was_decided_without_a_mask_is_not_remembered_under_one(tmp_path):
    memory = {"horizon": 1}
    for mask, session in ((False, date(2025, 10, 13)), (True, DAY)):
        row = stand_in("value", "one", mask=mask, desk="single")
        with opened(tmp_path, row, memory=memory) as arena:
            (chat,) = arena.run(["NVDA"], as_of=session).chats
    assert chat.stages.reflection is None
    assert "2025-10-13" not in chat.calls[0].prompt[-1].text
