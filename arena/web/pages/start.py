"""What is shown where there is nothing to show yet, or something is wrong."""

from arena.web.reader import Reader
from arena.web.rendering import Page


def beginning_page(reader: Reader) -> Page:
    """How to begin, for a home without a store."""
    return Page("beginning.html", "Nothing played yet", {"home": str(reader.home)})


def error_page(title: str, told: str, advice: str = "") -> Page:
    """What is wrong, and what to do."""
    return Page("error.html", title, {"told": told, "advice": advice})


def login_page(next_path: str, told: str = "") -> Page:
    """The entrance, where a token is asked for."""
    return Page("login.html", "Token", {"next_path": next_path, "told": told})
