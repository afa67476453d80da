"""`arena chat`: what was said at the desks."""

from typing import Annotated, Literal

import typer

from arena.cli.options import ConfigOption, Given, HomeOption, JsonOption
from arena.errors import UsageError

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
    from arena.cli.chats import list_chats  # noqa: PLC0415  brings the records

    given = Given(config=config, home=home)
    list_chats(given, season=season, ticker=ticker, contestant=contestant, limit=limit, as_json=as_json)


@app.command()
def show(
    chat_id: Annotated[str, typer.Argument(metavar="ID", help="A chat's id, or a beginning no other id has.")],
    *,
    stage: Annotated[Stage | None, typer.Option(help="Only this stage, in full.")] = None,
    markdown: Annotated[bool, typer.Option("--markdown", help="Print all of it as a Markdown document.")] = False,
    config: ConfigOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show one chat: every stage in short, or one in full. Prompts and replies are in the JSON."""
    from arena.cli.chats import show_chat, show_markdown  # noqa: PLC0415  brings the records

    given = Given(config=config, home=home)
    if not markdown:
        show_chat(given, chat_id, stage, as_json=as_json)
    elif as_json or stage is not None:
        raise UsageError("--markdown is the whole chat for people: leave --json and --stage out")
    else:
        show_markdown(given, chat_id)


@app.command()
def search(
    words: Annotated[list[str], typer.Argument(metavar="TEXT...", help="What was said; all of it in one passage.")],
    *,
    season: Annotated[str | None, typer.Option(metavar="NAME", help="Only in this season.")] = None,
    ticker: Annotated[str | None, typer.Option(metavar="TICKER", help="Only about this ticker.")] = None,
    contestant: Annotated[str | None, typer.Option(metavar="NAME", help="Only by this contestant.")] = None,
    limit: Annotated[int, typer.Option(metavar="N", min=1, max=1_000_000, help="The best N.")] = 20,
    offset: Annotated[int, typer.Option(metavar="N", min=0, help="Leave the best N out.")] = 0,
    config: ConfigOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Find words in everything that was said, the best first.

    Reports, speeches, verdicts, plans and outcomes of all chats, in every script; not prompts and tool results. A
    word is found in any case, and from four letters on as the beginning of longer ones too. Words in double quotes,
    '"free cash flow"', stay together.
    """
    from arena.cli.searching import search_chats  # noqa: PLC0415  brings the records

    search_chats(
        Given(config=config, home=home),
        " ".join(words),
        season=season,
        ticker=ticker,
        contestant=contestant,
        limit=limit,
        offset=offset,
        as_json=as_json,
    )


@app.command()
def diff(
    one: Annotated[str, typer.Argument(metavar="A", help="A chat's id, or a beginning no other id has.")],
    other: Annotated[str, typer.Argument(metavar="B", help="Another one's.")],
    config: ConfigOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> int:
    """Compare two chats: the same stock by two models, or by one at two times.

    What they were asked with first, then the outcome and every stage: choices, figures, and texts, word by word where
    they are close and side by side where they are not. Exit code 0 when both said the same, 1 when not.
    """
    from arena.cli.searching import diff_chats  # noqa: PLC0415  brings the records

    return diff_chats(Given(config=config, home=home), one, other, as_json=as_json)
