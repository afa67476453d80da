"""`arena serve`: the pages."""

from typing import Annotated

import typer

from arena.cli.options import ConfigOption, Given, HomeOption


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command("serve")(serve)


def serve(
    *,
    host: Annotated[str, typer.Option(metavar="HOST", help="The address to bind to.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(metavar="PORT", min=0, max=65535, help="The port; 0 takes any free one.")] = 8000,
    token_env: Annotated[
        list[str] | None,
        typer.Option("--token-env", metavar="NAME", help="An environment variable with a token that opens the pages."),
    ] = None,
    allow_host: Annotated[
        list[str] | None,
        typer.Option("--allow-host", metavar="NAME", help="Another name to answer to, such as a proxy's."),
    ] = None,
    config: ConfigOption = None,
    home: HomeOption = None,
) -> None:
    """Show the seasons in a browser: leaderboards, rounds, ModelChats, what the models saw.

    The pages only read, load nothing from another host, and follow a round that runs in another process. On any
    address but loopback they ask for a token.
    """
    from arena.cli.serving import serve_pages  # noqa: PLC0415  brings the graphs

    given = Given(config=config, home=home)
    serve_pages(given, host, port, token_env=tuple(token_env or ()), allowed=tuple(allow_host or ()))
