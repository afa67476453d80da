"""Whole reports over seasons made by hand: real ledgers, real marks, one ticker and a session every day."""

from decimal import Decimal
from itertools import pairwise

import numpy as np
import pytest

from arena.ledger import open_book, settle
from arena.metrics import returns as r
from arena.metrics.benchmark import benchmark_of
from arena.metrics.opinions import Opinion
from arena.metrics.report import Season, season_report
from arena.records.chat import Cost
from arena.records.standing import Tally
from tests.arena.trading import bar, day, decide, decision, history, mark, opened, settings

PRICES = [round(100 * float(level), 2) for level in np.cumprod(1 + np.random.default_rng(5).normal(0.001, 0.02, 40))]


def season(names=("a", "b"), sessions=40, cutoffs=(), tallies=(), opinions=(), buyers=None):
    """Each of `buyers` (everybody by default) buys at the first chance and holds."""
    events = []
    for name in names:
        size = {"NVDA": decision("BUY" if buyers is None or name in buyers else "HOLD")}
        events += decide([opened(contestant=name)], 0, size, contestant=name)
    told = history(*(bar(n, price) for n, price in enumerate(PRICES[:sessions])))
    events += settle(events, {"NVDA": told}, settings(), day(sessions))
    marks = [mark(n, price) for n, price in enumerate(PRICES[:sessions])]
    days = [day(n) for n in range(-1, sessions)]
    return Season("main", events, marks, opinions, tallies, days, dict(cutoffs))


def by_name(report):
    return {one.contestant: one for one in report.performances}


def test_figures_are_those_of_the_equity_that_replay_gives():
    one = by_name(season_report(season()))["a"]
    # All of 10000 at the second price, whole shares, the rest in cash.
    shares = int(10_000 / PRICES[1])
    cash = 10_000 - shares * PRICES[1]
    equity = [10_000, *(cash + shares * price for price in PRICES[1:])]
    returns = r.simple_returns(equity)
    assert [float(point.equity) for point in one.curve] == pytest.approx(equity)
    assert one.figure("total_return").value == pytest.approx(equity[-1] / 10_000 - 1)
    assert one.figure("sharpe").value == pytest.approx(r.sharpe(returns))
    assert one.figure("maximum_drawdown").value == pytest.approx(r.depth(returns)) == pytest.approx(one.drawdown.depth)
    high, low, back = r.deepest(equity)
    assert (one.drawdown.high, one.drawdown.low) == (day(high), day(low))
    assert one.drawdown.recovered == (None if back is None else day(back))


def test_every_figure_stands_beside_its_definition_and_source():
    for figure in by_name(season_report(season()))["a"].figures:
        assert figure.definition
        assert figure.source
        assert figure.value is not None or figure.note


def test_total_return_and_sharpe_have_intervals_that_hold_them():
    one = by_name(season_report(season()))["a"]
    for name in ("total_return", "sharpe"):
        figure = one.figure(name)
        assert figure.range.low < figure.value < figure.range.high
        assert figure.range.level == 0.95


def test_below_twenty_sessions_there_are_facts_but_no_estimates():
    report = season_report(season(sessions=20))
    one = by_name(report)["a"]
    assert len(one.curve) == 20
    assert one.figure("sharpe").value is None
    assert one.figure("sharpe").note == "not enough data: 19 sessions of 20"
    assert one.figure("total_return").value is not None
    assert one.figure("total_return").range is None
    assert (report.groups, report.differences) == ((), ())
    assert "not enough data for estimates, below 20 sessions: a, b" in report.notes
    assert by_name(season_report(season(sessions=21)))["a"].figure("sharpe").value is not None


def test_identical_contestants_land_in_one_group_without_a_difference():
    report = season_report(season(("a", "b", "c")))
    assert report.groups == (("a", "b", "c"),)
    assert [(pair.one, pair.other, pair.mean, pair.p) for pair in report.differences] == [
        ("a", "b", 0, 1),
        ("a", "c", 0, 1),
        ("b", "c", 0, 1),
    ]
    assert [place.rank for place in report.standings] == [1, 1, 1]


def test_the_order_of_events_marks_and_contestants_changes_nothing():
    known = season(("a", "b"), buyers={"a"})
    turned = known._replace(events=known.events[::-1], marks=known.marks[::-1])
    assert season_report(turned) == season_report(known)


def test_against_itself_the_benchmark_has_a_beta_of_one():
    told = history(*(bar(n, price) for n, price in enumerate(PRICES)))
    one = by_name(season_report(season(), benchmark_of(told)))["a"]
    # One session in cash and a little cash left over, so not quite.
    assert one.figure("beta").value == pytest.approx(1, abs=0.05)
    assert by_name(season_report(season()))["a"].figure("beta").note == "no benchmark was named"


def test_everybody_is_compared_with_the_benchmark_session_by_session():
    told = history(*(bar(n, price) for n, price in enumerate(PRICES)))
    report = season_report(season(("idle", "reader"), buyers={"reader"}), benchmark_of(told))
    idle, reader = report.benchmark_differences
    assert [(pair.one, pair.other, pair.sessions) for pair in (idle, reader)] == [
        ("idle", "NVDA", 39),
        ("reader", "NVDA", 39),
    ]
    moves = [later / before - 1 for before, later in pairwise(PRICES)]
    assert idle.mean == pytest.approx(-sum(moves) / 39)
    assert abs(reader.mean) < abs(idle.mean)
    assert season_report(season(sessions=20), benchmark_of(told)).benchmark_differences == ()
    assert season_report(season()).benchmark_differences == ()


def test_sessions_a_model_may_have_read_about_are_marked_and_left_out_of_the_second_standings():
    report = season_report(season(("idle", "reader"), cutoffs={"reader": day(9)}, buyers={"reader"}))
    one = by_name(report)["reader"]
    assert (one.known_sessions, one.knowledge_cutoff) == (9, day(9))
    assert [point.known for point in one.curve] == [True] * 10 + [False] * 30
    assert not any(point.known for point in by_name(report)["idle"].curve)
    shares = int(10_000 / PRICES[1])
    cash = 10_000 - shares * PRICES[1]
    expected = (cash + shares * PRICES[39]) / (cash + shares * PRICES[9]) - 1
    after = {place.contestant: place for place in report.standings_after_cutoff}
    assert after["reader"].total_return == pytest.approx(expected)
    assert (after["reader"].sessions, after["idle"].sessions) == (30, 30)
    assert (
        "reader may have read what happened in 9 of 39 sessions: its model's knowledge ends 2025-10-22" in report.notes
    )
    assert "no knowledge cutoff is stated for idle" in report.notes


def test_a_cutoff_behind_the_season_leaves_no_standings():
    report = season_report(season(cutoffs={"a": day(99)}))
    assert report.standings_after_cutoff == ()
    assert report.latest_cutoff == day(99)


def test_what_calls_cost_comes_off_the_return_and_unknown_costs_are_said():
    tally = Tally(contestant="a", decisions=3, abstentions=1, cost=Cost(known=Decimal(100), unknown_calls=2))
    one = by_name(season_report(season(tallies=[tally], buyers=())))["a"]
    assert one.figure("total_return").value == 0
    assert one.figure("return_after_cost").value == pytest.approx(-0.01)
    assert one.figure("return_after_cost").note == "at most: what 2 calls cost is unknown"
    assert (one.figure("coverage").value, one.figure("coverage").rests_on) == (0.75, 4)


def test_calibration_is_said_of_twenty_judged_decisions_and_of_no_fewer():
    said = [Opinion("a", day(n), "NVDA", "BUY", 0.9) for n in range(20)]
    rises = sum(PRICES[n + 1] > PRICES[n] for n in range(20))
    one = by_name(season_report(season(opinions=said)))["a"]
    assert one.figure("brier_score").value == pytest.approx((rises * 0.01 + (20 - rises) * 0.81) / 20)
    assert [(place.forecasts, place.right) for place in one.reliability] == [(20, pytest.approx(rises / 20))]
    few = by_name(season_report(season(opinions=said[1:])))["a"]
    assert few.figure("brier_score").note == "not enough data: 19 judged decisions of 20"
    assert few.reliability == ()


def test_who_never_traded_has_no_spread_and_so_no_ratio():
    one = by_name(season_report(season(buyers=())))["a"]
    assert (one.figure("sharpe").value, one.figure("sharpe").note) == (None, "it never traded")
    assert one.figure("total_return").value == 0
    assert one.drawdown is None


def test_interest_on_cash_that_was_never_risked_is_no_skill_and_no_trial():
    earning, days = settings(cash_rate=Decimal("0.04")), [day(n) for n in range(40)]
    events = [open_book("idle", Decimal(10_000), day(0), earning.terms)]
    events += settle(events, {}, earning, day(39), days)
    traded = season(("a", "b"))
    both = traded._replace(events=[*traded.events, *events])
    report = season_report(both)
    idle = by_name(report)["idle"]
    assert idle.figure("total_return").value == pytest.approx(0.04 * 39 / 365, rel=0.01)
    for name in ("sharpe", "deflated_sharpe", "sortino", "calmar"):
        assert (idle.figure(name).value, idle.figure(name).range) == (None, None)
        assert idle.figure(name).note == "it never traded"
    assert report.trials == 2
    alone = by_name(season_report(traded))["a"].figure("deflated_sharpe")
    assert by_name(report)["a"].figure("deflated_sharpe") == alone


def test_where_the_benchmarks_closes_end_the_figures_against_it_end_too():
    told = history(*(bar(n, price) for n, price in enumerate(PRICES)))

    def against(last):
        report = season_report(season(("a",)), benchmark_of(told.between(day(0), day(last))))
        return by_name(report)["a"], report.benchmark_differences

    one, (difference,) = against(30)
    mine = r.simple_returns([float(point.equity) for point in one.curve[:31]])
    _, beta = r.alpha_beta(mine, r.simple_returns(PRICES[:31]))
    found = one.figure("beta")
    assert (found.value, found.rests_on, difference.sessions) == (pytest.approx(beta), 30, 30)
    assert found.note == f"NVDA has no close after {day(30)}"
    one, differences = against(15)
    assert (one.figure("alpha").value, differences) == (None, ())
    assert one.figure("alpha").note == "not enough data: NVDA has closes of 15 sessions of 20"


def test_a_season_in_which_nothing_has_happened_has_an_empty_report():
    report = season_report(Season("main", (), (), (), (), (), {}))
    assert (report.performances, report.standings, report.first) == ((), (), None)


def test_twenty_random_contestants_make_a_band_and_fewer_do_not():
    # Half bought and half did not: the median is between what the two came to.
    names = [f"r{n:02d}" for n in range(20)]
    known = season(names, sessions=5, buyers=set(names[:10]))
    bought = by_name(season_report(known))["r00"].figure("total_return").value
    chance = season_report(known._replace(random=names)).chance
    assert chance.contestants == tuple(names)
    assert chance.middle == pytest.approx(bought / 2)
    assert sorted((chance.band.low, chance.band.high)) == pytest.approx(sorted((0, bought)))
    fewer = season_report(known._replace(random=names[1:]))
    assert fewer.chance is None
    assert any("no band of chance" in note and f"{len(names) - 1} competed" in note for note in fewer.notes)
    assert season_report(known).chance is None


def replicated(tallies=(), sessions=10):
    """a~1 and a~2 hold, b~1 holds and b~2 does not, c played once and holds, luck is a rule."""
    names = ("a~1", "a~2", "b~1", "b~2", "c", "luck~1", "luck~2")
    return season(names, sessions=sessions, buyers={"a~1", "a~2", "b~1", "c", "luck~1"}, tallies=tallies)


LUCKY = tuple(Tally(contestant=f"luck~{n}", labels=("baseline",)) for n in (1, 2))


def test_replicas_have_a_line_a_contestant_and_their_variance_is_split():
    report = season_report(replicated(LUCKY))
    held = by_name(report)["a~1"].figure("total_return").value
    lines = {line.contestant: line for line in report.replicas.models}
    assert {name: line.replicas for name, line in lines.items()} == {"a": 2, "b": 2, "c": 1}
    assert (lines["a"].mean, lines["a"].spread, lines["c"].spread) == (pytest.approx(held), pytest.approx(0), None)
    assert (lines["b"].mean, lines["b"].high) == (pytest.approx(held / 2), pytest.approx(max(held, 0)))
    figures = {figure.name: figure for figure in report.replicas.figures}
    # Within: one pair apart by `held`, over the two degrees of freedom that two pairs have.
    assert figures["variance_within"].value == pytest.approx(held**2 / 2 / 2)
    assert all(figure.definition and figure.source and figure.rests_on == 5 for figure in figures.values())
    assert figures["intraclass_correlation"].range is not None


def test_a_negative_variance_between_models_is_shown_as_zero_with_a_note():
    figures = {figure.name: figure for figure in season_report(replicated(LUCKY)).replicas.figures}
    assert figures["variance_between"].value == 0
    assert figures["variance_between"].note.endswith("which is below zero")


def test_with_one_replicated_model_there_is_not_enough_data():
    report = season_report(season(("a~1", "a~2", "b"), sessions=5))
    assert report.replicas.figures == ()
    assert report.replicas.note == "not enough data: it takes 2 contestants with 2 replicas each"
    assert season_report(season()).replicas is None


def test_a_masked_contestant_is_compared_with_its_twin_session_by_session():
    two = season(("plain", "veiled"), buyers={"plain"})._replace(twins={"veiled": "plain"})
    (pair,) = season_report(two).masks
    (difference,) = season_report(two).differences
    assert (pair.masked, pair.unmasked, pair.sessions) == ("veiled", "plain", difference.sessions)
    assert pair.difference == pytest.approx(-difference.mean)
    assert pair.p == pytest.approx(difference.p, abs=0.05)
    assert pair.range.low < pair.difference < pair.range.high
    assert (pair.masked_return, pair.unmasked_return) == (
        pytest.approx(by_name(season_report(two))["veiled"].figure("total_return").value),
        pytest.approx(by_name(season_report(two))["plain"].figure("total_return").value),
    )


def test_of_replicas_the_mean_of_each_session_is_compared_and_a_twin_that_did_not_play_makes_no_pair():
    names = ("plain~1", "plain~2", "veiled~1", "veiled~2")
    four = season(names, buyers={"plain~1", "veiled~1"})._replace(twins={"veiled": "plain", "absent": "plain"})
    (pair,) = season_report(four).masks
    assert (pair.difference, pair.masked_return) == (pytest.approx(0), pytest.approx(pair.unmasked_return))


def test_below_twenty_sessions_a_pair_has_returns_and_no_estimate():
    (pair,) = season_report(season(("a", "b"), sessions=10)._replace(twins={"a": "b"})).masks
    assert (pair.sessions, pair.range, pair.p) == (9, None, None)


def ruined_season(sessions=40):
    """Two who buy and hold, and one that is short by twice its equity into a price that rises threefold."""
    rules = settings(short_selling=True)
    first = season(sessions=sessions)
    begun = opened(contestant="lost").model_copy(update={"terms": rules.terms})
    size = {"NVDA": decision("SELL"), "AAPL": decision("SELL")}
    lost = decide([begun], 0, size, trading=rules, contestant="lost")
    told = {
        "NVDA": history(*(bar(n, price) for n, price in enumerate(PRICES[:sessions]))),
        "AAPL": history(bar(0, 10), bar(1, 10), bar(2, 10, 30), bar(3, 30), ticker="AAPL"),
    }
    lost += settle(lost, told, rules, day(sessions))
    closes = ((1, 10), (2, 30), (3, 30))
    marks = [*first.marks, *(mark(n, price, "AAPL") for n, price in closes)]
    return first._replace(events=[*first.events, *lost], marks=marks)


def test_a_book_that_was_worth_nothing_is_ranked_by_what_it_came_to_and_compared_with_nobody():
    report = season_report(ruined_season())
    lost = by_name(report)["lost"]
    assert min(point.equity for point in lost.curve) < 0
    final = float(lost.curve[-1].equity / 10_000 - 1)
    assert lost.figure("total_return").value == pytest.approx(final)
    assert lost.figure("maximum_drawdown").value < -1
    for name in ("sharpe", "volatility", "sortino", "calmar", "annualised_return", "deflated_sharpe"):
        assert lost.figure(name).value is None
        assert (
            lost.figure(name).note
            == f"equity fell to zero or below at the close of {day(2)}: returns have no base since"
        )
    assert report.standings[-1].contestant == "lost"
    assert report.standings[-1].total_return == pytest.approx(final)
    assert f"lost was worth nothing at the close of {day(2)}, so it is compared with nobody" in report.notes
    assert all("lost" not in {pair.one, pair.other} for pair in report.differences)
    assert all("lost" not in group for group in report.groups)


def test_one_ruined_book_leaves_the_figures_of_the_others_alone():
    with_it, without = by_name(season_report(ruined_season())), by_name(season_report(season()))
    assert with_it["a"].figure("sharpe") == without["a"].figure("sharpe")
    assert with_it["a"].curve == without["a"].curve
