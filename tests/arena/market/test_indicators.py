import math
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.market.indicators import SETTLED, adjusted_closes, indicator, kdj, standard
from arena.records.market import Bar, Split

START = date(2025, 1, 1)


def bars_of(closes: list[str], volumes: list[int] | None = None, spread: str = "0.5") -> tuple[Bar, ...]:
    return tuple(
        Bar(
            session=START + timedelta(days=day),
            open=Decimal(close),
            high=Decimal(close) + Decimal(spread),
            low=Decimal(close) - Decimal(spread),
            close=Decimal(close),
            volume=volumes[day] if volumes else 1000,
        )
        for day, close in enumerate(closes)
    )


WAVE = bars_of([f"{100 + 10 * math.sin(day / 7) + day / 20:.2f}" for day in range(260)])

FIRST_VALUE = {
    "sma_20": 19,
    "sma_50": 49,
    "sma_200": 199,
    "ema_12": 11,
    "ema_26": 25,
    "macd": 33,
    "macd_signal": 33,
    "macd_hist": 33,
    "rsi_14": 14,
    "boll_upper": 19,
    "boll_mid": 19,
    "boll_lower": 19,
    "atr_14": 14,
    "vwma_20": 19,
}


def wilder_rsi(closes: list[float], window: int) -> float:
    """Wilder, New Concepts in Technical Trading Systems (1978), chapter 6."""
    changes = [later - earlier for earlier, later in pairwise(closes)]
    gain = sum(max(change, 0) for change in changes[:window]) / window
    loss = sum(max(-change, 0) for change in changes[:window]) / window
    for change in changes[window:]:
        gain = (gain * (window - 1) + max(change, 0)) / window
        loss = (loss * (window - 1) + max(-change, 0)) / window
    return 100 - 100 / (1 + gain / loss)


def test_every_indicator_has_one_value_a_bar_and_none_while_it_warms_up() -> None:
    series = standard(WAVE, ())
    assert set(series) == set(FIRST_VALUE)
    for name, first in FIRST_VALUE.items():
        assert len(series[name]) == 260, name
        assert all(value is None for value in series[name][:first]), name
        assert all(value is not None for value in series[name][first:]), name


@pytest.mark.parametrize("count", [0, 1, 2, 13, 19])
def test_too_few_bars_give_none_and_never_zero(count: int) -> None:
    series = standard(WAVE[:count], ())
    early = {"ema_12", "rsi_14", "atr_14"}
    for name in set(FIRST_VALUE) - early:
        assert series[name] == (None,) * count, name
    assert all(0.0 not in values for values in series.values())


def test_simple_average_and_bands_by_hand() -> None:
    series = indicator("bollinger", bars_of(["1", "2", "3", "4", "5"]), (), 5)
    assert series["boll_mid"][-1] == 3.0
    assert series["boll_upper"][-1] == round(3 + 2 * math.sqrt(2), 6)  # population variance of 1..5 is 2
    assert series["boll_lower"][-1] == round(3 - 2 * math.sqrt(2), 6)
    assert indicator("sma", bars_of(["1", "2", "4"]), (), 2) == {"sma_2": (None, 1.5, 3.0)}


def test_exponential_average_starts_from_the_simple_one() -> None:
    # window 3: alpha 1/2, seed (1+2+3)/3 = 2, then 2 + (8-2)/2 = 5
    assert indicator("ema", bars_of(["1", "2", "3", "8"]), (), 3) == {"ema_3": (None, None, 2.0, 5.0)}


def test_rsi_is_wilders() -> None:
    closes = [float(bar.close) for bar in WAVE]
    assert standard(WAVE, ())["rsi_14"][-1] == pytest.approx(wilder_rsi(closes, 14), abs=1e-6)
    # changes 1, 1, -1 over 3: gain 2/3, loss 1/3, RS 2
    assert indicator("rsi", bars_of(["10", "11", "12", "11"]), (), 3)["rsi_3"][-1] == pytest.approx(66.666667)


def test_rsi_of_a_price_that_never_moved_is_undefined_not_oversold() -> None:
    assert standard(bars_of(["10"] * 40), ())["rsi_14"] == (None,) * 40


def test_macd_is_the_difference_of_its_two_averages() -> None:
    series = standard(WAVE, ())
    fast, slow, line, signal, histogram = (
        series[name][-1] for name in ("ema_12", "ema_26", "macd", "macd_signal", "macd_hist")
    )
    assert fast is not None
    assert slow is not None
    assert line == pytest.approx(fast - slow, abs=2e-6)
    assert line is not None
    assert signal is not None
    assert histogram == pytest.approx(line - signal, abs=2e-6)


def test_true_range_counts_the_gap_from_the_last_close() -> None:
    # bars 9.5..10.5 and 19.5..20.5: the second true range is 20.5 - 10 = 10.5, the third 1
    assert indicator("atr", bars_of(["10", "20", "20"]), (), 2)["atr_2"] == (None, None, 5.75)


def test_volume_weighted_average_by_hand_and_none_without_volume() -> None:
    weighted = indicator("vwma", bars_of(["10", "20", "30"], [100, 300, 0]), (), 2)["vwma_2"]
    assert weighted == (None, 17.5, 20.0)  # (1000 + 6000) / 400, then 6000 / 300
    assert indicator("vwma", bars_of(["10", "20"], [0, 0]), (), 2)["vwma_2"] == (None, None)


def test_a_split_divides_earlier_prices_and_multiplies_earlier_volumes() -> None:
    bars = bars_of(["100", "120", "12"], [10, 20, 300])
    split = (Split(ex_date=bars[2].session, ratio=Decimal(10)),)
    assert indicator("sma", bars, split, 2)["sma_2"] == (None, 11.0, 12.0)  # closes 10, 12, 12
    # Volumes 100, 200, 300: (1000 + 2400) / 300, then 6000 / 500.
    assert indicator("vwma", bars, split, 2)["vwma_2"] == (None, 11.333333, 12.0)


def test_a_split_on_the_first_bar_or_before_changes_nothing() -> None:
    assert standard(WAVE, (Split(ex_date=START, ratio=Decimal(4)),)) == standard(WAVE, ())


def test_a_split_whose_own_bar_is_late_leaves_the_bars_before_it_in_their_shares() -> None:
    split = Split(ex_date=START + timedelta(days=3), ratio=Decimal(15))
    bars = bars_of(["1340", "1350", "1360"])  # and none yet of the ex-date
    assert indicator("sma", bars, (split,), 3)["sma_3"][-1] == 1350.0
    assert adjusted_closes(bars, (split,)) == (Decimal(1340), Decimal(1350), Decimal(1360))


def test_indicators_see_through_a_split() -> None:
    cheap = Split(ex_date=WAVE[200].session, ratio=Decimal(10))
    dear = tuple(
        bar.model_copy(update={side: getattr(bar, side) * 10 for side in ("open", "high", "low", "close")})
        for bar in WAVE[:200]
    )
    plain, through = standard(WAVE, ()), standard((*dear, *WAVE[200:]), (cheap,))
    assert all(plain[name] == through[name] for name in plain if name != "vwma_20")
    assert standard((*dear, *WAVE[200:]), ())["sma_20"][205] != plain["sma_20"][205]


@given(st.integers(min_value=1, max_value=260 - SETTLED))
def test_the_newest_values_do_not_depend_on_where_a_settled_history_begins(skipped: int) -> None:
    whole, cut = standard(WAVE, ()), standard(WAVE[skipped:], ())
    for name in ("ema_12", "ema_26", "macd", "macd_signal", "rsi_14", "atr_14"):
        assert cut[name][-1] == pytest.approx(whole[name][-1], abs=2e-3), name


@pytest.mark.parametrize(
    ("name", "window", "sentence"),
    [
        ("stochastic", None, "unknown indicator 'stochastic'; known are: atr, bollinger, ema, macd, rsi, sma, vwma"),
        ("sma", 1, "window 1 is impossible; sma needs a window of at least 2 sessions"),
        ("ema", -5, "window -5 is impossible; ema needs a window of at least 2 sessions"),
        ("sma", 61, "sma over 61 sessions needs 61 bars; there are 60"),
        ("rsi", 60, "rsi over 60 sessions needs 61 bars; there are 60"),
        ("macd", 10, "macd has the fixed windows 12, 26 and 9; leave window out"),
    ],
)
def test_an_impossible_request_says_what_would_be_possible(name: str, window: int | None, sentence: str) -> None:
    with pytest.raises(ValueError) as caught:
        indicator(name, WAVE[:60], (), window)
    assert str(caught.value) == sentence


@pytest.mark.parametrize("name", ["sma", "ema", "macd", "rsi", "bollinger", "atr", "vwma"])
def test_every_known_indicator_has_a_newest_value_with_its_usual_window(name: str) -> None:
    assert all(values[-1] is not None for values in indicator(name, WAVE[:40], ()).values())


def test_the_fewest_bars_allowed_give_exactly_one_value() -> None:
    for name, count in {"sma": 20, "ema": 20, "macd": 34, "rsi": 15, "bollinger": 20, "atr": 15, "vwma": 20}.items():
        for values in indicator(name, WAVE[:count], ()).values():
            assert sum(value is not None for value in values) == 1, name


def test_kdj_by_hand():
    # The range of nine sessions is 90 to 110. Raw values of the last five closes: 50, 60, 70, 80, 90.
    path = ["100"] * 8 + ["100", "102", "104", "106", "108"]
    bars = tuple(
        bar.model_copy(update={"low": Decimal(90), "high": Decimal(110)}) for bar in bars_of(path, spread="0.5")
    )
    found = {name: values[-1] for name, values in kdj(bars, ()).items()}
    # K is the mean of the last three, D that of the last three K: 60, 70 and 80.
    assert found == {"kdj_k": 80, "kdj_d": 70, "kdj_j": 100}
    assert kdj(bars, ())["kdj_k"][:12] == (None,) * 12


def test_kdj_is_undefined_for_as_long_as_a_window_without_a_range_is_felt():
    path = ["100"] * 15 + [str(100 + n) for n in range(1, 8)]
    known = [value is not None for value in kdj(bars_of(path, spread="0"), ())["kdj_j"]]
    # The last flat window ends at the 15th session, and the means of three carry it four sessions on.
    assert known == [False] * 19 + [True] * 3


def test_kdj_needs_a_window_and_its_means():
    with pytest.raises(ValueError, match="kdj over 9 sessions needs 13 bars; there are 12"):
        kdj(WAVE[:12], ())
