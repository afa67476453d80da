"""`arena data`: what the models are shown of a ticker."""

from typing import Annotated

import typer

from arena.cli.options import AsOfOption, ConfigOption, Given, HomeOption, JsonOption, day


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command("data")(data)


def data(
    ticker: Annotated[str, typer.Argument(metavar="TICKER", help="The ticker.")],
    as_of: AsOfOption = None,
    config: ConfigOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show what the models are shown of a ticker.

    Prices, indicators, statements, news and social sentiment as of a session's close, and where each
    comes from.
    """
    given = Given(config=config, home=home, as_of=day(as_of))
    from arena.cli.facts import show_facts  # noqa: PLC0415  brings the graphs

    show_facts(given, ticker, as_json=as_json)
