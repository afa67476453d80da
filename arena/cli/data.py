"""`arena data`: what the models are shown of a ticker, and what changed of it."""

from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from arena.cli.options import AsOfOption, ConfigOption, Given, HomeOption, JsonOption, RefreshOption, day
from arena.errors import UsageError


class _ShowWhenNotNamed(TyperGroup):
    """A group whose first word may be a ticker, which then is shown.

    Commands are in lower case, so the ticker DIFF is written in capitals, or after `show`.
    """

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        named = bool(args) and (args[0] in self.commands or args[0] == "--help")
        return super().parse_args(ctx, args if named else ["show", *args])


app = typer.Typer(
    cls=_ShowWhenNotNamed,
    help="Show what the models are shown of a ticker, or compare two recordings of it.",
    epilog="`arena data NVDA` is short for `arena data show NVDA`; its options are in `arena data show --help`.",
    subcommand_metavar="TICKER | COMMAND [ARGS]...",
    rich_markup_mode=None,
)


@app.command()
def show(
    ticker: Annotated[
        str, typer.Argument(metavar="TICKER", help="The ticker; or the id of a chat, or a snapshot's hash.")
    ],
    *,
    as_of: AsOfOption = None,
    plot: Annotated[bool, typer.Option("--plot", help="Draw the prices too.")] = False,
    refresh: RefreshOption = False,
    config: ConfigOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show what the models are shown of a ticker.

    Every section as of a session's close: where it comes from, when it was asked for, how new it is, and what
    is missing. With the id of a chat it is what that chat's desk was shown, a masked one's under its mask.
    """
    if plot and as_json:
        raise UsageError("--json and --plot exclude each other: one is for programs, the other for people")
    given = Given(config=config, home=home, as_of=day(as_of))
    from arena.cli.facts import show_facts  # noqa: PLC0415  brings the graphs

    show_facts(given, ticker, plot=plot, refresh=refresh, as_json=as_json)


@app.command()
def diff(
    before: Annotated[str, typer.Argument(metavar="A", help="The first recording.")],
    after: Annotated[str, typer.Argument(metavar="B", help="The second.")],
    config: ConfigOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> int:
    """Say what changed between two recordings of a ticker's facts.

    A and B are a snapshot's hash or a beginning of it, the id of a chat, or a file that `arena data --json`
    wrote. Exit code 0 when both hold the same, 1 when something differs.
    """
    from arena.cli.facts import show_diff  # noqa: PLC0415  brings the graphs

    return show_diff(Given(config=config, home=home), before, after, as_json=as_json)
