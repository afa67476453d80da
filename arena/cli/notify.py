"""`arena notify`: messages to people."""

from typing import Annotated

import typer

from arena.cli.options import ConfigOption, Given, JsonOption

app = typer.Typer(help="Messages to Telegram, Slack and other services.", rich_markup_mode=None)


@app.callback()
def _only_with_a_command() -> None:
    """A program with one command is that command, unless it is told that it is a group."""


@app.command("test")
def send_test(
    sink: Annotated[
        str | None, typer.Option("--sink", metavar="NAME", help="Only telegram, slack or apprise.NAME.")
    ] = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> int:
    """Send a test message to each configured service, at once, and say what became of it.

    Exit code 0 when all took it, else 1.
    """
    from arena.cli.leaving import try_messages  # noqa: PLC0415  brings the HTTP client

    return try_messages(Given(config=config), sink, as_json=as_json)
