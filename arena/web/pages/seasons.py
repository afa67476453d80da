"""The page of all seasons."""

from arena.web.library import Library
from arena.web.pages.start import beginning_page
from arena.web.reading.seasons import seasons
from arena.web.rendering import Page


def seasons_page(library: Library) -> Page:
    """Every season in a line."""
    if not library.exists:
        return beginning_page(library)
    return Page("seasons.html", "Seasons", {"found": seasons(library)}, None, "seasons")
