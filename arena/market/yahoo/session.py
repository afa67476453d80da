"""The session every request to Yahoo goes through: it gives no request more time than its section has left.

yfinance bounds single requests only, most of them by 30 seconds, and one section takes up to a dozen: cookie,
crumb, the same again in another way, then the facts. It also passes failures on as if they were answers; a
status of 500 and above is raised here, before anyone reads the body as facts.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from curl_cffi.requests import Response, Session
from curl_cffi.requests.exceptions import Timeout

COOKIE_SHARE = 1 / 4
"""The most of the time left that a cookie or crumb may take: prices can be had without, where those hosts are blocked.

There are up to four such requests before one for facts.
"""

_LEAST = 0.005
"""Seconds below which a request is not worth sending; curl counts in milliseconds and takes 0 for no limit at all."""

_COOKIE_PLACES = ("fc.yahoo.com", "guce.yahoo.com", "consent.yahoo.com", "getcrumb")


@dataclass
class Section:
    """The requests of one thread for one section."""

    ends: float
    """On the monotonic clock, in seconds."""
    last: Response | None = None
    """The newest answer."""

    def confirm(self) -> None:
        """HTTPError when the newest answer has a status of 400 and above, where yfinance does not say so."""
        if self.last is not None:
            raise_for_status(self.last)


# yfinance keeps one session a process, so the time left belongs to the thread that asks and not to a session.
_asking: ContextVar[Section | None] = ContextVar("yahoo_section", default=None)


@contextmanager
def within(seconds: float) -> Iterator[Section]:
    """All requests inside the block, in this thread, together take no longer than `seconds`."""
    section = Section(time.monotonic() + seconds)
    token = _asking.set(section)
    try:
        yield section
    finally:
        _asking.reset(token)


class YahooSession(Session[Any]):
    """A curl_cffi session that looks like a browser and keeps to the deadline of `within`."""

    def __init__(self) -> None:
        super().__init__(impersonate="chrome")

    def request(self, method: Any, url: str, *args: Any, **kwargs: Any) -> Any:
        """As curl_cffi's; Timeout once the section's time is up, HTTPError for a status of 500 and above."""
        section = _asking.get()
        if section is not None:
            kwargs["timeout"] = _time_for(url, section.ends - time.monotonic())
        response = super().request(method, url, *args, **kwargs)
        if section is not None:
            section.last = response
        if response.status_code >= 500:
            raise_for_status(response)
        return response


def raise_for_status(response: Response) -> None:
    """HTTPError for a status of 400 and above."""
    response.raise_for_status()  # type: ignore[no-untyped-call]  # curl_cffi has no types here


def _time_for(url: str, left: float) -> float:
    share = left * COOKIE_SHARE if any(place in url for place in _COOKIE_PLACES) else left
    if share < _LEAST:
        raise Timeout("no time is left for another request")
    return share
