"""Where each page is: an address on a server, or a file beside the others of a report.

Pages name each other through these methods only, so that the same templates serve both.
"""

from datetime import date
from typing import Protocol

from arena.web.slugs import slug


class Links(Protocol):
    """The addresses of the pages, as the page that is being written names them."""

    def to(self, *parts: str) -> str:
        """The page at this path, each part a slug already."""

    def asset(self, name: str) -> str:
        """A style sheet, a script or a picture."""


class Addresses:
    """Every page's path, in the form that `links` gives it."""

    def __init__(self, links: Links) -> None:
        self._links = links

    def home(self) -> str:
        """The leaderboard of the season that was played last."""
        return self._links.to()

    def seasons(self) -> str:
        """All seasons."""
        return self._links.to("seasons")

    def board(self, season: str) -> str:
        """A season's leaderboard."""
        return self._links.to("seasons", slug(season))

    def part(self, season: str, part: str) -> str:
        """Another page about a season: rounds, books, figures, audit."""
        return self._links.to("seasons", slug(season), part)

    def contestant(self, season: str, contestant: str) -> str:
        """One contestant in a season."""
        return self._links.to("seasons", slug(season), "contestants", slug(contestant))

    def round(self, season: str, session: date) -> str:
        """A round."""
        return self._links.to("seasons", slug(season), "rounds", session.isoformat())

    def compare(self, season: str, session: date, ticker: str) -> str:
        """One stock in one round, all contestants side by side."""
        return self._links.to("seasons", slug(season), "rounds", session.isoformat(), slug(ticker))

    def chat(self, chat_id: str) -> str:
        """A ModelChat."""
        return self._links.to("chats", slug(chat_id))

    def calls(self, chat_id: str) -> str:
        """Every call behind a ModelChat."""
        return self._links.to("chats", slug(chat_id), "calls")

    def snapshot(self, snapshot_hash: str) -> str:
        """What the desks were shown."""
        return self._links.to("snapshots", slug(snapshot_hash))

    def search(self) -> str:
        """The search over all chats."""
        return self._links.to("search")

    def asset(self, name: str) -> str:
        """A style sheet, a script or a picture."""
        return self._links.asset(name)


class ServerLinks:
    """Addresses from the root of the server."""

    def __init__(self, version: str) -> None:
        """`version` goes into the addresses of assets, so that browsers may keep them for good."""
        self._version = version

    def to(self, *parts: str) -> str:
        """The page at this path."""
        return "/" + "/".join(parts)

    def asset(self, name: str) -> str:
        """A file of `static/`."""
        return f"/static/{self._version}/{name}"
