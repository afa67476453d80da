"""`arena supabase`: the cloud copy."""

from typing import Annotated

import typer

from arena.cli.options import ConfigOption, Given, HomeOption, JsonOption

app = typer.Typer(help="A copy of chats, rounds, fills and standings in a Supabase project.", rich_markup_mode=None)


@app.command()
def schema(
    allow_prompts: Annotated[bool, typer.Option("--allow-prompts", help="Let anybody read the prompts too.")] = False,
) -> None:
    """Print the SQL that makes the tables, for the project's SQL editor.

    Anybody may read what is in them but the prompts, and only the service role may write.
    """
    from arena.cli.cloud import print_schema  # noqa: PLC0415  brings the records

    print_schema(allow_prompts=allow_prompts)


@app.command()
def push(
    seasons: Annotated[
        list[str] | None, typer.Option("--season", metavar="NAME", help="Only this one; may be given several times.")
    ] = None,
    config: ConfigOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> int:
    """Send everything that is stored, sent before or not. Rows that are there already are written over.

    Exit code 0 when all of it was sent, else 1; what was not waits in the outbox.
    """
    from arena.cli.cloud import push_seasons  # noqa: PLC0415  brings the store and the HTTP client

    return push_seasons(Given(config=config, home=home), seasons, as_json=as_json)
