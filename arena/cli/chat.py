"""`arena chat`: what was said at the desks."""

from typing import Annotated, Literal

import typer

from arena.cli.options import ConfigOption, Given, HomeOption, JsonOption

Stage = Literal[
    "market",
    "news",
    "fundamentals",
    "social",
    "reflection",
    "research",
    "trader",
    "risk",
    "single",
    "decision",
    "calls",
]

app = typer.Typer(help="Read what was said at the desks.", rich_markup_mode=None)


@app.command("list")
def chats(
    *,
    season: Annotated[str | None, typer.Option(metavar="NAME", help="Only this season.")] = None,
    ticker: Annotated[str | None, typer.Option(metavar="TICKER", help="Only this ticker.")] = None,
    contestant: Annotated[
        str | None, typer.Option(metavar="NAME", help="Only this contestant and its replicas.")
    ] = None,
    limit: Annotated[int, typer.Option(metavar="N", min=1, max=1_000_000, help="The newest N.")] = 20,
    config: ConfigOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the newest chats, with their ids."""
    from arena.cli.chats import list_chats  # noqa: PLC0415  brings the graphs

    given = Given(config=config, home=home)
    list_chats(given, season=season, ticker=ticker, contestant=contestant, limit=limit, as_json=as_json)


@app.command()
def show(
    chat_id: Annotated[str, typer.Argument(metavar="ID", help="A chat's id, or a beginning no other id has.")],
    stage: Annotated[Stage | None, typer.Option(help="Only this stage, in full.")] = None,
    config: ConfigOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show one chat: every stage in short, or one in full. Prompts and replies are in the JSON."""
    from arena.cli.chats import show_chat  # noqa: PLC0415  brings the graphs

    show_chat(Given(config=config, home=home), chat_id, stage, as_json=as_json)
