"""`arena models`: what the configured endpoints offer."""

from typing import Annotated

import typer

from arena.cli.options import ConfigOption, Given, HomeOption, JsonOption


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command("models")(models)


def models(
    *,
    endpoint: Annotated[str | None, typer.Option(metavar="NAME", help="Only this endpoint.")] = None,
    search: Annotated[str | None, typer.Option(metavar="TEXT", help="Only models whose id or name has this.")] = None,
    refresh: Annotated[bool, typer.Option("--refresh", help="Ask again, however new what is kept is.")] = False,
    config: ConfigOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """List an endpoint's models: context, prices, and what they support.

    What an endpoint has told is kept for a day; what it does not tell is shown as unknown.
    """
    from arena.cli.listing import list_models  # noqa: PLC0415  brings YAML, pydantic and the HTTP client

    list_models(Given(config=config, home=home), endpoint, search, refresh=refresh, as_json=as_json)
