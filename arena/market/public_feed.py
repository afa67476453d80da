"""What the public feeds of posts have in common: one bounded request for JSON, of the present only.

No feed here has been asked live while this was written: what they answer is taken from their documentation and
from what others report of them, and both are known to turn away programs at times (HTTP 403, 429).
"""

import json
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from curl_cffi import CurlOpt, requests
from curl_cffi.requests.exceptions import RequestException

from arena.config.market import VendorName
from arena.errors import NotCoveredError, VendorError
from arena.market.present import is_present

USER_AGENT = "modelchat-arena/1.0 (market research, a few requests an hour)"

LARGEST_ANSWER = 4_000_000
"""Bytes."""

_REFUSED = {
    401: "wants a login",
    403: "turns this program away",
    429: "has had too many requests",
}


class NotThereError(VendorError):
    """HTTP status 404."""


class Feed:
    """One feed's server. `timeout` bounds all requests of one question together, in seconds."""

    def __init__(self, name: VendorName, base_url: str, timeout: float, clock: Callable[[], datetime]) -> None:
        self._name = name
        self._base_url = base_url.rstrip("/")
        self._timeout = timeout
        self._clock = clock

    def check_present(self, as_of: datetime) -> None:
        """NotCoveredError for the past: a live feed holds its newest posts and no archive."""
        if not is_present(as_of, self._clock()):
            raise NotCoveredError(f"{self._name} is a live feed of the present, without the posts of {as_of:%Y-%m-%d}")

    def deadline(self) -> float:
        """When the requests of a question that begins now must be over, on the monotonic clock."""
        return time.monotonic() + self._timeout

    def get(self, path: str, parameters: Mapping[str, str], until: float) -> Mapping[str, Any]:
        """The JSON object at `path`. NotThereError for HTTP status 404, VendorError for every other failure."""
        left = until - time.monotonic()
        if left <= 0:
            raise VendorError(f"{self._name} took more than {self._timeout:g} seconds over its earlier answers")
        try:
            response = requests.get(
                f"{self._base_url}{path}",
                params=dict(parameters),
                headers={"User-Agent": USER_AGENT, "Accept": "application/json"},
                timeout=left,
                curl_options={CurlOpt.MAXFILESIZE_LARGE: LARGEST_ANSWER},
            )
        except RequestException as error:
            raise VendorError(f"{self._name} cannot be reached: {error}") from error
        if response.status_code == 404:
            raise NotThereError(f"{self._name} answered with HTTP status 404")
        if response.status_code != 200:
            why = _REFUSED.get(response.status_code, "failed")
            raise VendorError(f"{self._name} {why}: it answered with HTTP status {response.status_code}")
        return self._object(response.content)

    def _object(self, content: bytes) -> Mapping[str, Any]:
        try:
            body = json.loads(content)
        except ValueError as error:
            shown = "is an HTML page" if content.lstrip()[:1] == b"<" else f"is not JSON: {error}"
            raise VendorError(f"{self._name}'s answer {shown}") from error
        if not isinstance(body, dict):
            raise VendorError(f"{self._name}'s answer is a JSON {type(body).__name__}, not an object")
        return body
