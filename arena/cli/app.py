"""The `arena` program: its commands, its exit codes, and how it says that something is wrong.

What this module imports is what `arena --help` waits for: Typer, and nothing heavy.
"""

import os
import sys
from collections.abc import Sequence
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated

import typer

from arena.cli import (
    audit,
    board,
    chat,
    config,
    data,
    doctor,
    export,
    importing,
    models,
    notify,
    outbox,
    prune,
    replay,
    report,
    rounds,
    season,
    serve,
    studio,
    supabase,
)
from arena.cli.screen import ReaderGoneError, say
from arena.collector import look_less_often
from arena.errors import ArenaError, UsageError

MISTAKE, BROKEN, INTERRUPTED, READER_GONE = 1, 5, 130, 141

# Typer's pretty tracebacks print local variables, keys among them.
app = typer.Typer(
    name="arena",
    help="ModelChat Arena: language models trade against each other, in the open.",
    epilog="Start with `arena demo`: it needs no key and no network.",
    rich_markup_mode=None,
    add_completion=False,
    pretty_exceptions_enable=False,
)
rounds.add_to(app)
replay.add_to(app)
board.add_to(app)
app.add_typer(season.app, name="season")
app.add_typer(chat.app, name="chat")
app.add_typer(data.app, name="data")
app.add_typer(importing.app, name="import")
export.add_to(app)
audit.add_to(app)
models.add_to(app)
doctor.add_to(app)
prune.add_to(app)
studio.add_to(app)
app.add_typer(notify.app, name="notify")
app.add_typer(supabase.app, name="supabase")
app.add_typer(outbox.app, name="outbox")
app.add_typer(config.app, name="config")
serve.add_to(app)
report.add_to(app)


@app.callback(invoke_without_command=True)
def _start(
    context: typer.Context, version: Annotated[bool, typer.Option("--version", help="Show the version.")] = False
) -> None:
    if version:
        _version()
        raise typer.Exit
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())
    else:
        _take_keys(Path(".env"))


@app.command("version")
def _version() -> None:
    """Show the version, with a hash over the sources."""
    from arena.version import code_version  # noqa: PLC0415  reads every source file

    typer.echo(f"modelchat-arena {code_version()}")


def run(argv: Sequence[str]) -> int:
    """Run one command line, given without the program's name, and return its exit code.

    An exception that is nobody's stated mistake rises as it is.
    """
    if any(not _is_text(word) for word in argv):
        say("an argument holds bytes that are not text in this locale", "arena: ")
        return MISTAKE
    try:
        code = typer.main.get_command(app).main(list(argv), prog_name="arena", standalone_mode=False)
    except typer.TyperException as error:
        say(_asked_wrongly(error), "arena: ")
        return MISTAKE
    except ArenaError as error:
        say(str(error), "arena: ")
        return MISTAKE if isinstance(error, UsageError) else BROKEN
    except ReaderGoneError:
        # What is still buffered would fail again when the interpreter flushes it at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return READER_GONE
    if code == INTERRUPTED:
        say("interrupted", "arena: ")
    return code or 0


def main() -> None:
    """The entry point of the `arena` program."""
    # What a command imports stays: looking through it again and again is a tenth of what most of them take.
    look_less_often()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            # A terminal that cannot show a medal shows a question mark in its place.
            stream.reconfigure(errors="replace")
    sys.exit(run(sys.argv[1:]))


def _is_text(word: str) -> bool:
    """Whether an argument was text, not bytes that Python could only carry along."""
    return not any("\ud800" <= character <= "\udfff" for character in word)


def _asked_wrongly(error: typer.TyperException) -> str:
    context = getattr(error, "ctx", None)
    sentence = " ".join(error.format_message().split()).rstrip(".")
    return f"{sentence}; see `{context.command_path} --help`" if context else sentence


def _take_keys(file: Path) -> None:
    """Lay `.env` of the current folder under the environment, which wins."""
    from dotenv import load_dotenv  # noqa: PLC0415  not needed for --help

    try:
        load_dotenv(file, override=False)
    except UnicodeDecodeError as error:
        raise UsageError(f"{file}: byte {error.start + 1} is not UTF-8; save the file as UTF-8") from None
    except (OSError, ValueError) as error:
        raise UsageError(f"{file} cannot be read: {getattr(error, 'strerror', None) or error}") from None
