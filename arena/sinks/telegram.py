"""Telegram, by its Bot API: https://core.telegram.org/bots/api#sendmessage."""

import httpx2

from arena.config.secrets import Secrets
from arena.config.sinks import TelegramSettings
from arena.messages import Page
from arena.messages.telegram import html, plain
from arena.sinks.sink import ONE_MESSAGE, Answer, Later, Refused, Sent
from arena.sinks.wire import Reply, request

_MARKUP = "can't parse entities"
_CHAT = ("chat", "peer_id", "rights")
"""Words of a refusal that is about the chat, and so about every message to it."""


class Telegram:
    """One chat."""

    def __init__(self, settings: TelegramSettings, token: str, client: httpx2.AsyncClient) -> None:
        self._settings = settings
        self._token = token
        self._client = client
        self._secrets = Secrets({"TOKEN": token})

    async def say(self, page: Page) -> Answer:
        """Send one part of a message: as HTML, and as plain text where Telegram refuses the markup."""
        reply = await self._post(html(page), parse_mode="HTML")
        if isinstance(reply, Reply) and _MARKUP in _description(reply):
            reply = await self._post(plain(page))
        return reply if isinstance(reply, Later) else self._judged(reply)

    async def look(self) -> Answer:
        """Whether the token is accepted and the chat is there; writes nothing to it."""
        for method, content in (("getMe", {}), ("getChat", {"chat_id": self._settings.chat_id})):
            reply = await self._ask(method, content)
            answer = reply if isinstance(reply, Later) else self._judged(reply)
            if not isinstance(answer, Sent):
                return answer
        return Sent()

    async def _post(self, text: str, **more: str) -> Reply | Later:
        quiet = {"link_preview_options": {"is_disabled": True}}
        return await self._ask("sendMessage", {"chat_id": self._settings.chat_id, "text": text, **quiet, **more})

    async def _ask(self, method: str, content: object) -> Reply | Later:
        address = f"{self._settings.base_url.rstrip('/')}/bot{self._token}/{method}"
        return await request(self._client, address, self._secrets, content=content)

    def _judged(self, reply: Reply) -> Answer:
        content = reply.content
        if reply.status == 200 and content.get("ok") is True:
            return Sent()
        # A failure may come under HTTP 200; then the code inside is what counts.
        told = content.get("error_code")
        code = told if isinstance(told, int) else reply.status
        why = _description(reply) or reply.told()
        if code == 429:
            return Later(why, _retry_after(reply))
        if 400 <= code < 500:
            return self._refused(code, why, reply)
        return Later(why)

    def _refused(self, code: int, why: str, reply: Reply) -> Refused:
        if code in (401, 404):
            return Refused(why, f"check the bot's token in {self._settings.token_env}", whole=True)
        if code == 403:
            return Refused(why, "add the bot to the chat, or let it write there again", whole=True)
        parameters = reply.content.get("parameters")
        moved = parameters.get("migrate_to_chat_id") if isinstance(parameters, dict) else None
        if moved:
            return Refused(why, f"set notify.telegram.chat_id to '{moved}'", whole=True)
        if any(word in why.lower() for word in _CHAT):
            return Refused(why, "check notify.telegram.chat_id, and what the bot may do there", whole=True)
        return Refused(why, ONE_MESSAGE)


def _description(reply: Reply) -> str:
    told = reply.content.get("description")
    return told if isinstance(told, str) else ""


def _retry_after(reply: Reply) -> float | None:
    parameters = reply.content.get("parameters")
    seconds = parameters.get("retry_after") if isinstance(parameters, dict) else None
    return float(seconds) if isinstance(seconds, int | float) and seconds >= 0 else None
