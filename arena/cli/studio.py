"""`arena studio`: LangGraph's server with every graph of the arena, for LangGraph Studio."""

from typing import Annotated

import typer

from arena.cli.options import ConfigOption, Given, HomeOption, SeasonOption


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command("studio")(studio)


def studio(
    config: ConfigOption = None,
    *,
    season: SeasonOption = None,
    home: HomeOption = None,
    host: Annotated[str, typer.Option("--host", metavar="NAME", help="Where to listen.")] = "127.0.0.1",
    port: Annotated[
        int | None,
        typer.Option("--port", metavar="NUMBER", min=1, max=65535, help="Where to listen; 2024 by default."),
    ] = None,
    browser: Annotated[bool, typer.Option("--browser", help="Open Studio in the browser.")] = False,
) -> None:
    """Serve the arena and every desk as graphs, for LangGraph Studio and for other arenas.

    Needs the extra studio. With the packaged configuration the demo is offered too, which needs no key. Rounds that
    are started there are stored like any others. Threads are kept in .langgraph_api in the current folder.
    """
    from arena.cli.graph_server import serve_graphs  # noqa: PLC0415  brings the graphs

    serve_graphs(Given(config=config, season=season, home=home), host=host, port=port, browser=browser)
