"""Who may look, and what a browser may do with what it gets.

A page of another site can make a browser ask this machine, and by DNS rebinding even read the answer: so only hosts
that are known are answered. Beyond loopback a token is asked for, in a header, or once in a form or an address and
then kept in a cookie that scripts cannot read. The content security policy lets no inline script run and nothing
come from elsewhere.
"""

import asyncio
import hashlib
import hmac
from collections.abc import Collection, Mapping
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qsl, quote, urlencode

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

COOKIE = "arena_pages"
ENTRANCE = "/login"

HEAD = "arena.head"
"""In a request's scope where only the head of its answer is wanted: it is answered as GET is, without the body."""

_OPEN = (ENTRANCE, "/static/")
"""What may be seen without a token: the entrance and what it looks like."""
_WAIT = 0.3
"""Seconds a wrong token is left waiting for its answer."""

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'{styles}; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS: Mapping[str, str] = {
    "content-security-policy": POLICY.format(styles=""),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "cache-control": "private, no-cache",
}
CHART_POLICY = POLICY.format(styles=" 'unsafe-inline'")
"""For pages with charts: Plotly sets styles on what it draws."""


class Tokens:
    """The tokens that open the pages, compared in constant time."""

    def __init__(self, tokens: Collection[str]) -> None:
        self._tokens = tuple(token.encode() for token in tokens)

    def __bool__(self) -> bool:
        return bool(self._tokens)

    def opens(self, token: str) -> bool:
        """Whether this is one of the tokens."""
        return self._any(token.encode("utf-8", "replace"), self._tokens)

    def cookie(self, token: str) -> str:
        """What a browser keeps in the place of the token: nobody can tell the token from it."""
        return _seal(token.encode())

    def remembers(self, cookie: str) -> bool:
        """Whether the cookie was given for one of the tokens."""
        return self._any(cookie.encode("utf-8", "replace"), [_seal(token).encode() for token in self._tokens])

    @staticmethod
    def _any(given: bytes, known: Collection[bytes]) -> bool:
        digest = hashlib.sha256(given).digest()
        # All are compared, so that time does not tell which one was near.
        return bool(sum(hmac.compare_digest(digest, hashlib.sha256(one).digest()) for one in known))


class Guard:
    """Stands before the application."""

    def __init__(self, app: ASGIApp, *, tokens: Tokens, hosts: Collection[str] | None) -> None:
        """`hosts` are the names that may be asked for; None answers to all."""
        self._app = app
        self._tokens = tokens
        self._hosts = None if hosts is None else frozenset(host.lower() for host in hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, turn away, or pass on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        only_head = scope["method"] == "HEAD"
        if only_head:
            scope = {**scope, "method": "GET", HEAD: True}

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send({**message, "body": b""} if only_head and message["type"] == "http.response.body" else message)

        turned_away = self._wrong_host(scope) or await self._no_token(scope)
        await (turned_away or self._app)(scope, receive, send_guarded)

    def _wrong_host(self, scope: Scope) -> Response | None:
        host = host_of(Headers(scope=scope).get("host", ""))
        if self._hosts is None or host in self._hosts:
            return None
        return PlainTextResponse(
            f"These pages are not at home at {host[:80]!r}; ask for them by one of: {', '.join(sorted(self._hosts))}. "
            "`arena serve --allow-host NAME` adds one.\n",
            421,
        )

    async def _no_token(self, scope: Scope) -> Response | None:
        path = scope["path"]
        if not self._tokens or path.startswith(_OPEN) or self._has_token(Headers(scope=scope)):
            return None
        query = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        given = dict(query).get("token")
        if given is not None and self._tokens.opens(given):
            rest = urlencode([(name, value) for name, value in query if name != "token"])
            return let_in(self._tokens, given, f"{quote(path)}?{rest}" if rest else quote(path), scope["scheme"])
        if given is not None:
            await asyncio.sleep(_WAIT)
        if path.startswith("/api"):
            told = "a token is needed: send it as `Authorization: Bearer TOKEN`"
            return JSONResponse({"error": told}, 401, {"www-authenticate": "Bearer"})
        return RedirectResponse(f"{ENTRANCE}?{urlencode({'next': path})}", 303)

    def _has_token(self, headers: Headers) -> bool:
        kind, _, token = headers.get("authorization", "").partition(" ")
        if kind.lower() == "bearer":
            return self._tokens.opens(token.strip())
        return self._tokens.remembers(_cookie_in(headers.get("cookie", "")))


def let_in(tokens: Tokens, token: str, to: str, scheme: str) -> Response:
    """On to the page that was wanted, with the cookie that stands for the token."""
    answer = RedirectResponse(to, 303)
    answer.set_cookie(
        COOKIE,
        tokens.cookie(token),
        max_age=30 * 86_400,
        secure=scheme == "https",
        httponly=True,
        samesite="lax",
    )
    return answer


def host_of(header: str) -> str:
    """The host a Host header names, without its port, in lower case."""
    if header.startswith("["):
        return header[1:].partition("]")[0].lower()
    return header.rpartition(":")[0].lower() if header.rpartition(":")[2].isdigit() else header.lower()


def _cookie_in(header: str) -> str:
    try:
        cookie = SimpleCookie(header)
    except CookieError:
        return ""
    return cookie[COOKIE].value if COOKIE in cookie else ""


def _seal(token: bytes) -> str:
    return hmac.new(token, b"the pages of the arena", hashlib.sha256).hexdigest()
