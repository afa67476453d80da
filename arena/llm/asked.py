"""A client for requests that are sent once and read as they come: without what httpx2 does for everybody else.

Redirects, authentication and the like are nothing to a model's endpoint; what httpx2 does round a request and its
answer takes longer than sending the one and reading the other.
"""

from collections.abc import AsyncIterator, Callable
from ssl import SSLContext

import httpx2

from arena.llm.transport import Body, Destination, Head, Transport


class Answered:
    """An answer of which the head is there. It reads as httpx2.Response does."""

    def __init__(self, head: Head, body: Body) -> None:
        self.status_code = head.status
        self._head = head
        self._body = body

    @property
    def is_success(self) -> bool:
        """Whether the status is a 2xx."""
        return 200 <= self.status_code < 300

    @property
    def headers(self) -> httpx2.Headers:
        """All headers."""
        return httpx2.Headers(self._head.headers)

    def aiter_bytes(self) -> AsyncIterator[bytes]:
        """The body piece by piece, decoded where it was compressed. Raises TransportError or DecodingError."""
        if any(name.lower() == b"content-encoding" for name, _ in self._head.headers):
            return httpx2.Response(self.status_code, headers=list(self._head.headers), stream=self._body).aiter_bytes()
        return self._body.__aiter__()

    async def aclose(self) -> None:
        """Free the connection, or close it where the body was not read to its end."""
        await self._body.aclose()


class AskingClient(httpx2.AsyncClient):
    """A client whose requests can be sent as they are, beside all that httpx2's own can do."""

    def __init__(self, tls: Callable[[], SSLContext]) -> None:
        """`tls` gives whom to trust; see `Transport`."""
        self._connections = Transport(tls)
        super().__init__(timeout=None, transport=self._connections, trust_env=False)

    async def ask(self, to: Destination, content: bytes) -> Answered:
        """Send a request. Cookies are kept for the next. Raises TransportError."""
        if self.cookies:
            head, body = await self._connections.ask(to.request(content, self.cookies))
        else:
            head, body = await self._connections.post(to, content)
        if any(name.lower() == b"set-cookie" for name, _ in head.headers):
            asked = to.request(content)
            self.cookies.extract_cookies(httpx2.Response(head.status, headers=head.headers, request=asked))
        return Answered(head, body)
