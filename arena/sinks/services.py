"""Any other service, through the package apprise: by one URL, as plain text.

Telegram and Slack do not go this way. apprise (2.3) takes Telegram's ok:false under HTTP 200 for a success, tells
neither retry_after nor which failure it was, and its servers' addresses cannot be set; for the hundred services it
speaks to besides, a word that it failed is better than nothing.
"""

import asyncio
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from arena.config.secrets import Secrets
from arena.errors import ConfigError
from arena.messages import Page
from arena.sinks.sink import Answer, Later, Sent

if TYPE_CHECKING:
    import apprise


class Service:
    """One service that apprise knows."""

    def __init__(self, url: str, variable: str) -> None:
        """ConfigError where the package is not installed or does not understand the URL."""
        self._secrets = Secrets({"URL_TOKEN": url, "URL_KEY": url.partition("://")[2].partition("?")[0]})
        self._bell = _bell(url, variable)

    async def say(self, page: Page) -> Answer:
        """Send a message, which apprise splits where it is too long for the service."""
        return await _beside(lambda: self._notify(page.text))

    async def look(self) -> Answer:
        """The URL was understood; apprise tells no more without sending."""
        return Sent()

    def _notify(self, text: str) -> Answer:
        result = self._bell.notify(body=text, body_format="text")
        if result:
            return Sent()
        told = [self._secrets.cut(entry.message) for entry in result.logs()] if result is not None else []
        return Later(told[-1] if told else "apprise could not send it and does not say why")


def _bell(url: str, variable: str) -> "apprise.Apprise":
    try:
        import apprise  # noqa: PLC0415 -- an extra, and heavy
    except ImportError:
        raise ConfigError('apprise is not installed; `pip install "modelchat-arena[notify]"` brings it') from None
    bell = apprise.Apprise()
    splitting = url if "overflow=" in url else f"{url}{'&' if '?' in url else '?'}overflow=split"
    if not bell.add(splitting):
        raise ConfigError(f"{variable} holds no URL that apprise understands; see https://appriseit.com/services/")
    return bell


async def _beside(work: Callable[[], Answer]) -> Answer:
    """Do blocking work in a thread that holds up no end: asyncio's own threads are waited for when a loop closes."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[Answer] = loop.create_future()

    def finish(answer: Answer) -> None:
        if not done.done():
            done.set_result(answer)

    def run() -> None:
        answer = work()
        try:
            loop.call_soon_threadsafe(finish, answer)
        except RuntimeError:
            # The loop was closed meanwhile: nobody waits for the answer any more.
            return

    threading.Thread(target=run, name="arena-apprise", daemon=True).start()
    return await done
