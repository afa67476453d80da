"""`arena run` and `arena demo`: play a round."""

from typing import Annotated

import typer

from arena.cli.options import AsOfOption, ConfigOption, Given, HomeOption, JsonOption, RefreshOption, SeasonOption, day


def add_to(app: typer.Typer) -> None:
    """Register both commands."""
    app.command("demo")(demo)
    app.command("run")(run)


def demo(
    tickers: Annotated[
        list[str] | None, typer.Argument(metavar="[TICKER]...", help="What to decide on; NVDA when left out.")
    ] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> int:
    """Play a round without keys and network.

    Five rule-driven stand-ins for models on a simulated market, both labelled as such.
    """
    from arena.cli.playing import play  # noqa: PLC0415  brings the graphs

    return play(Given(packaged="demo", home=home), tickers or ["NVDA"], None, as_json=as_json)


def run(
    tickers: Annotated[list[str], typer.Argument(metavar="TICKER...", help="What to decide on.")],
    *,
    as_of: AsOfOption = None,
    config: ConfigOption = None,
    contestants: Annotated[
        list[str] | None,
        typer.Option(
            "--contestant", metavar="NAME", help="Only this one, with its replicas; may be given several times."
        ),
    ] = None,
    season: SeasonOption = None,
    home: HomeOption = None,
    stream: Annotated[
        bool | None,
        typer.Option("--stream/--no-stream", help="Stream the answers, and show what is being said in the live view."),
    ] = None,
    record: Annotated[bool, typer.Option("--record/--no-record", help="Keep every request and reply.")] = True,
    replay: Annotated[bool, typer.Option("--replay", help="Play a stored round again from the tape, and compare.")] = (
        False
    ),
    estimate: Annotated[
        bool, typer.Option("--estimate", help="Only say what the round would cost; ask and write nothing.")
    ] = False,
    refresh: RefreshOption = False,
    as_json: JsonOption = False,
) -> int:
    """Play a round: every model decides on every ticker.

    Exit code 0 when all desks decided, 3 when some abstained, 4 when all did, 1 for what cannot be
    played. A round that was broken off goes on where it was when the command is given again. With --replay
    nothing is asked and nothing written: 0 when all is equal, 1 when something differs. With --estimate
    nothing is asked or written either. With --refresh the facts are asked for anew, unless somebody has
    decided on them.
    """
    given = Given(config=config, season=season, home=home, as_of=day(as_of), stream=stream)
    if estimate:
        from arena.cli.estimating import show_estimate  # noqa: PLC0415  brings the graphs

        return show_estimate(given, tickers, contestants, as_json=as_json)
    if replay:
        from arena.cli.replaying import replay_round  # noqa: PLC0415  brings the graphs

        return replay_round(given, tickers, contestants, as_json=as_json)
    from arena.cli.playing import play  # noqa: PLC0415  brings the graphs

    return play(given, tickers, contestants, as_json=as_json, record=record, refresh=refresh)
