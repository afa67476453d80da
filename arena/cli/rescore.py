"""`arena season rescore`: recorded decisions under other trading settings, without asking any model."""

from typing import Annotated, Any, Literal

import typer

from arena.cli.options import ConfigOption, Given, HomeOption, JsonOption, SeasonOption

Fill = Literal["next_open", "next_close", "same_close"]


def _number(flag: str, help: str) -> Any:  # noqa: A002 -- Typer's name
    return typer.Option(flag, metavar="NUMBER", help=help)


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command("rescore")(rescore)


def rescore(
    *,
    season: SeasonOption = None,
    into: Annotated[
        str | None, typer.Option("--into", metavar="NAME", help="Keep the new books as a season of this name.")
    ] = None,
    fill: Annotated[Fill | None, typer.Option("--fill", help="The price that fills an order.")] = None,
    slippage_bps: Annotated[str | None, _number("--slippage-bps", "Slippage, hundredths of a percent.")] = None,
    commission_bps: Annotated[str | None, _number("--commission-bps", "Commission, hundredths of a percent.")] = None,
    position_limit: Annotated[str | None, _number("--position-limit", "The most in one ticker, 0 to 1.")] = None,
    start_cash: Annotated[str | None, _number("--start-cash", "Dollars in every book at the start.")] = None,
    fractional: Annotated[
        bool | None, typer.Option("--fractional/--whole-shares", help="Whether books hold parts of a share.")
    ] = None,
    short_selling: Annotated[
        bool | None, typer.Option("--short-selling/--long-only", help="Whether SELL without shares sells short.")
    ] = None,
    initial_margin: Annotated[str | None, _number("--initial-margin", "Cash a dollar of shorts, when opening.")] = None,
    maintenance_margin: Annotated[str | None, _number("--maintenance-margin", "The same at every close.")] = None,
    borrow_rate: Annotated[str | None, _number("--borrow-rate", "What a short costs a year: 0.02 is 2%.")] = None,
    cash_rate: Annotated[str | None, _number("--cash-rate", "What cash earns a year: 0.04 is 4%.")] = None,
    config: ConfigOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Re-price a season's recorded decisions under other trading settings, beside what they came to.

    What is not given is as the season was played. No model is asked, and no vendor where the prices are on the tape.
    The season itself is not changed. With --into the new books are a season of their own, which `arena board` and
    `arena audit` serve; it is labelled as rescored, and its orders name the chats they were decided in.
    """
    from arena.cli.rescoring import rescore_season  # noqa: PLC0415  brings the graphs

    changes = {
        "fill": fill,
        "slippage_bps": slippage_bps,
        "commission_bps": commission_bps,
        "position_limit": position_limit,
        "start_cash": start_cash,
        "fractional": fractional,
        "short_selling": short_selling,
        "initial_margin": initial_margin,
        "maintenance_margin": maintenance_margin,
        "borrow_rate": borrow_rate,
        "cash_rate": cash_rate,
    }
    given = {name: value for name, value in changes.items() if value is not None}
    rescore_season(Given(config=config, season=season, home=home, trading=given), into, as_json=as_json)
