"""`arena season`: rounds in order, over past dates or as days pass."""

from typing import Annotated, Literal

import typer

from arena.cli import rescore
from arena.cli.options import ConfigOption, Given, HomeOption, JsonOption, SeasonOption, day, needed_day

TickersOption = Annotated[
    list[str] | None,
    typer.Option("--tickers", metavar="TICKER", help="What to decide on: NVDA,AAPL, or NVDA AAPL."),
]
MoreTickers = Annotated[list[str] | None, typer.Argument(metavar="[TICKER]...", help="More of them.")]
Every = Literal["DAY", "WEEK"]
EveryOption = Annotated[
    Every, typer.Option("--every", case_sensitive=False, help="A round a session, or at the last one of each week.")
]
ContestantOption = Annotated[
    list[str] | None,
    typer.Option("--contestant", metavar="NAME", help="Only this one, with its replicas; may be given several times."),
]
BenchmarkOption = Annotated[
    str | None,
    typer.Option("--benchmark", metavar="TICKER", help="Whose closes are kept too; SPY for U.S. tickers, or none."),
]
AheadOption = Annotated[
    int | None,
    typer.Option("--ahead", metavar="N", help="Rounds whose research runs ahead; 2 by default, 0 for none."),
]

app = typer.Typer(help="Play seasons: rounds in order, over past dates or as days pass.", rich_markup_mode=None)
rescore.add_to(app)


@app.command()
def run(
    more: MoreTickers = None,
    *,
    start: Annotated[str, typer.Option("--from", metavar="DATE", help="The first day, YYYY-MM-DD.")],
    end: Annotated[
        str | None, typer.Option("--to", metavar="DATE", help="The last day; the last completed session by default.")
    ] = None,
    tickers: TickersOption = None,
    every: EveryOption = "DAY",
    contestants: ContestantOption = None,
    benchmark: BenchmarkOption = None,
    ahead: AheadOption = None,
    config: ConfigOption = None,
    season: SeasonOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> int:
    """Play a season over dates.

    What was planned is kept, so that `arena season resume` goes on with it wherever it was broken off. Sessions to
    come are planned too, and wait. While a round is played, the analysts and researchers of the next ones are at work
    already. Exit codes are those of `arena run`, over all rounds.
    """
    from arena.cli.seasons import Wanted, run_season  # noqa: PLC0415  brings the graphs

    wanted = Wanted(_named(tickers, more), every, contestants, benchmark)
    given, first = Given(config=config, season=season, home=home, ahead=ahead), needed_day(start, "--from")
    return run_season(given, wanted, first, day(end, "--to"), as_json=as_json)


@app.command()
def resume(
    *,
    ahead: AheadOption = None,
    config: ConfigOption = None,
    season: SeasonOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> int:
    """Play what remains of a planned season. No desk that had ended is asked again, and no research done twice."""
    from arena.cli.seasons import resume_season  # noqa: PLC0415  brings the graphs

    return resume_season(Given(config=config, season=season, home=home, ahead=ahead), as_json=as_json)


@app.command()
def tick(
    more: MoreTickers = None,
    *,
    tickers: TickersOption = None,
    every: EveryOption = "DAY",
    contestants: ContestantOption = None,
    benchmark: BenchmarkOption = None,
    config: ConfigOption = None,
    season: SeasonOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> int:
    """Play the round of the last completed session, for cron; a second tick on a day does nothing.

    The first tick names the tickers; later ones know them. A round that was broken off on another day is ended first.
    """
    from arena.cli.seasons import Wanted, tick_season  # noqa: PLC0415  brings the graphs

    wanted = Wanted(_named(tickers, more), every, contestants, benchmark)
    return tick_season(Given(config=config, season=season, home=home), wanted, as_json=as_json)


@app.command()
def settle(
    config: ConfigOption = None, season: SeasonOption = None, home: HomeOption = None, as_json: JsonOption = False
) -> None:
    """Settle a season's books: fills, dividends and splits that are due, and every close of what is held."""
    from arena.cli.seasons import settle_season  # noqa: PLC0415  brings the graphs

    settle_season(Given(config=config, season=season, home=home), as_json=as_json)


@app.command("list")
def seasons(config: ConfigOption = None, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """List the seasons, and how far each has got."""
    from arena.cli.seasons import list_seasons  # noqa: PLC0415  brings the graphs

    list_seasons(Given(config=config, home=home), as_json=as_json)


@app.command()
def show(
    config: ConfigOption = None, season: SeasonOption = None, home: HomeOption = None, as_json: JsonOption = False
) -> None:
    """Show a season: rounds played and to come, open orders, standings."""
    from arena.cli.seasons import show_season  # noqa: PLC0415  brings the graphs

    show_season(Given(config=config, season=season, home=home), as_json=as_json)


def _named(tickers: list[str] | None, more: list[str] | None) -> tuple[str, ...]:
    """The tickers, however they were set apart."""
    words = " ".join((*(tickers or ()), *(more or ()))).replace(",", " ")
    return tuple(words.split())
