"""The page of all seasons."""

from arena.web.pages.start import beginning_page
from arena.web.reader import Reader
from arena.web.reading.seasons import seasons
from arena.web.rendering import Page


def seasons_page(reader: Reader) -> Page:
    """Every season in a line."""
    if not reader.exists:
        return beginning_page(reader)
    return Page("seasons.html", "Seasons", {"found": seasons(reader)}, None, "seasons")
