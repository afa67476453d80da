"""`arena replay`: run a desk again from the tape."""

from typing import Annotated

import typer

from arena.cli.options import ConfigOption, Given, HomeOption, JsonOption


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command("replay")(replay)


def replay(
    chat_id: Annotated[str, typer.Argument(metavar="ID", help="A chat's id, or a beginning no other id has.")],
    config: ConfigOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> int:
    """Run a chat's desk again from the tape, without keys and network.

    Exit code 0 when it gives the same chat, times and ids aside; 1 when something differs, or when code
    or prompts have changed so that the tape holds no answer: then the first such request is shown beside
    the nearest one on the tape. Nothing is written. `arena run --replay` does it for a whole round.
    """
    from arena.cli.replaying import replay_one  # noqa: PLC0415  brings the graphs

    return replay_one(Given(config=config, home=home), chat_id, as_json=as_json)
