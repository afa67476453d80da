"""The page of a season's figures: what replicas and masks tell stands on it as in `arena board --full`."""

from pathlib import Path

import pytest

from arena.records.performance import Comparison, Figure, MaskedPair, ModelLine, Range, SeasonReport, VarianceSplit
from arena.web.links import ServerLinks
from arena.web.pages.figures import figures_page
from arena.web.reader import Reader
from arena.web.reading import work
from arena.web.rendering import Renderer
from tests.arena.web.looking import Seen
from tests.arena.web.stored import config_for

SPAN = Range(low=-0.001, high=0.0023, level=0.95)
SPLIT = VarianceSplit(
    sessions=34,
    models=(
        ModelLine(contestant="claude", replicas=3, mean=0.1, spread=0.0123, low=0.08, high=0.12),
        ModelLine(contestant="gpt", replicas=1, mean=-0.02, spread=None, low=-0.02, high=-0.02),
    ),
    figures=(
        Figure(name="variance_between", unit="variance", value=0.0036, definition="of the means", source="Searle"),
        Figure(
            name="intraclass_correlation",
            unit="part",
            value=0.75,
            range=Range(low=0.2, high=0.9, level=0.95),
            definition="the part between",
            source="Shrout",
        ),
        Figure(name="f_probability", unit="probability", value=0.00021, definition="how often", source="Fisher"),
    ),
)
MASK = MaskedPair(
    masked="claude-masked",
    unmasked="claude",
    sessions=34,
    masked_return=0.05,
    unmasked_return=0.1,
    difference=-0.0015,
    range=SPAN,
    p=0.04,
    definition="mean return a session",
    source="Politis",
)


@pytest.fixture(scope="module")
def reader(stored: Path) -> Reader:
    return Reader(config_for(stored))


def shown(reader: Reader, **more: object) -> Seen:
    found: SeasonReport = work.report(reader, "main").future.result(60).model_copy(update=more)
    return Seen(Renderer(ServerLinks("0"), live=True).html(figures_page(reader, "main", found)))


def test_replicas_masks_and_the_benchmark_stand_on_the_page(reader: Reader) -> None:
    against = Comparison(one="claude", other="SPY", sessions=34, mean=-0.00025, range=SPAN, p=0.364)
    page = shown(reader, replicas=SPLIT, masks=(MASK,), benchmark_differences=(against,))
    assert page.unbalanced == []
    assert "claude +10.00% 1.23% +8.00% +12.00% 3 gpt -2.00% — -2.00% -2.00% 1" in page.words
    assert "Variance between 0.0036 (6.00% squared)" in page.words
    assert "Intraclass correlation 75% 20% to 90%" in page.words
    assert "F probability 0.0002" in page.words
    assert "claude-masked claude +5.00% +10.00% -0.150% -0.100% to +0.230% 0.040 34" in page.words
    assert "claude SPY -0.025% -0.100% to +0.230% 0.364 34" in page.words
    assert "Intraclass correlation the part between (Shrout)" in page.words


def test_where_there_is_too_little_of_them_it_is_said(reader: Reader) -> None:
    few = SPLIT.model_copy(update={"figures": (), "note": "one contestant has replicas; two are needed"})
    page = shown(reader, replicas=few, masks=(MASK.model_copy(update={"range": None, "p": None}),))
    assert "one contestant has replicas; two are needed" in page.words
    assert "-0.150% not enough data — 34" in page.words
    plain = shown(reader)
    assert "Replicas" not in plain.words
    assert "mask" not in plain.words
