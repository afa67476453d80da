"""`arena outbox`: what leaves the machine, and what became of it."""

from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from arena.cli.options import ConfigOption, Given, HomeOption, JsonOption

IdsArgument = Annotated[list[int] | None, typer.Argument(metavar="[ID]...", help="As `arena outbox` lists them.")]
SinkOption = Annotated[
    str | None, typer.Option("--sink", metavar="NAME", help="Only telegram, slack, supabase or apprise.NAME.")
]


class _ListWhenNotNamed(TyperGroup):
    """A group without a command lists."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        named = bool(args) and (not args[0].startswith("-") or args[0] == "--help")
        return super().parse_args(ctx, args if named else ["list", *args])


app = typer.Typer(
    cls=_ListWhenNotNamed,
    help="What leaves the machine: messages and the cloud copy.",
    epilog="`arena outbox` is short for `arena outbox list`.",
    rich_markup_mode=None,
)


@app.command("list")
def list_(
    *,
    everything: Annotated[bool, typer.Option("--all", help="What was sent and dropped too.")] = False,
    sink: SinkOption = None,
    limit: Annotated[int, typer.Option(metavar="N", min=1, max=1_000_000, help="The first N.")] = 50,
    config: ConfigOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """List what waits to be sent and what was refused, what comes first first."""
    from arena.cli.leaving import list_outbox  # noqa: PLC0415  brings the store

    list_outbox(Given(config=config, home=home), everything=everything, sink=sink, limit=limit, as_json=as_json)


@app.command()
def send(
    *,
    now: Annotated[
        bool, typer.Option("--now", help="What waits for its next try or for the end of quiet hours too.")
    ] = False,
    config: ConfigOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> int:
    """Send what is due, until it is sent or has to wait.

    Exit code 0 when nothing is left that failed, else 1.
    """
    from arena.cli.leaving import send_outbox  # noqa: PLC0415  brings the HTTP client

    return send_outbox(Given(config=config, home=home), at_once=now, as_json=as_json)


@app.command()
def retry(
    ids: IdsArgument = None, config: ConfigOption = None, home: HomeOption = None, as_json: JsonOption = False
) -> int:
    """Send again what was refused: these, or all of it. Exit codes are those of send."""
    from arena.cli.leaving import retry_outbox  # noqa: PLC0415  brings the HTTP client

    return retry_outbox(Given(config=config, home=home), ids, as_json=as_json)


@app.command()
def drop(
    ids: IdsArgument = None, sink: SinkOption = None, config: ConfigOption = None, home: HomeOption = None
) -> None:
    """Give up what waits or was refused: these, or all of one sink."""
    from arena.cli.leaving import drop_outbox  # noqa: PLC0415  brings the store

    drop_outbox(Given(config=config, home=home), ids, sink)
