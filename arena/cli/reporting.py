"""What `arena report` does."""

from collections.abc import Callable
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from arena import figures
from arena.cli.given import loaded
from arena.cli.options import Given
from arena.cli.screen import say
from arena.cli.standing import season_meant
from arena.errors import UsageError

if TYPE_CHECKING:
    from arena.web.reader import Reader
    from arena.web.report import Planned

Choose = Callable[["Reader"], "list[Planned]"]


def write_pages(given: Given, session: date | None, chat: str | None, out: Path, *, calls: bool) -> None:
    """Write a report and say where it lies. Raises UsageError where there is nothing to report of."""
    try:
        from arena.web.reader import Reader  # noqa: PLC0415  an extra
        from arena.web.report import write_report  # noqa: PLC0415  an extra
    except ImportError as error:
        raise UsageError(f'a report needs the extra `web` ({error.name} is missing): pip install -e ".[web]"') from None
    found = loaded(given)
    for note in found.notes:
        say(note, "note: ")
    with closing(Reader(found.config)) as reader:
        plan, texts = _chosen(given, reader, session, chat, calls=calls)
        written = write_report(reader, plan, out, texts)
    say(f"{figures.plural(written.pages, 'page')}, {written.size / 1e6:.1f} MB: open {written.first}")


def _chosen(
    given: Given, reader: "Reader", session: date | None, chat: str | None, *, calls: bool
) -> "tuple[list[Planned], dict[str, str]]":
    """The pages, and the texts beside them."""
    from arena.markdown import chat_markdown  # noqa: PLC0415  only here
    from arena.web.reading.chats import conversation  # noqa: PLC0415  an extra
    from arena.web.report import chat_plan, round_plan, season_plan  # noqa: PLC0415  an extra

    if chat is not None:
        text = chat_markdown(conversation(reader, chat).chat)
        return chat_plan(reader, chat, calls=calls), {"chat.md": text}
    season = season_meant(given, reader.config.season, reader.store.seasons())
    if session is not None:
        return round_plan(reader, season, session, calls=calls), {}
    return season_plan(reader, season, calls=calls), {}
