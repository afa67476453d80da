"""Slack, by its Web API: https://docs.slack.dev/reference/methods/chat.postMessage."""

from collections.abc import Mapping
from datetime import UTC, datetime

import httpx2

from arena.config.secrets import Secrets
from arena.config.sinks import SlackSettings
from arena.llm.waits import wait_asked_for
from arena.messages import Page
from arena.messages.slack import blocks, plain, summary
from arena.sinks.sink import ONE_MESSAGE, Answer, Later, Refused, Sent
from arena.sinks.wire import Reply, request

_BLOCKS = {"invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long", "block_mismatch"}
_LATER = {
    "ratelimited",
    "rate_limited",
    "message_limit_exceeded",
    "internal_error",
    "fatal_error",
    "service_unavailable",
    "request_timeout",
    "team_added_to_org",
    "accesslimited",
}
_CHANNEL = {
    "channel_not_found",
    "is_archived",
    "restricted_action",
    "restricted_action_read_only_channel",
    "channel_type_not_supported",
    "access_denied",
    "team_access_not_granted",
}
_TOKEN = {"invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired", "no_permission"}


class Slack:
    """One channel."""

    def __init__(self, settings: SlackSettings, token: str, client: httpx2.AsyncClient) -> None:
        self._settings = settings
        self._token = token
        self._client = client
        self._secrets = Secrets({"TOKEN": token})

    async def say(self, page: Page) -> Answer:
        """Send one part of a message: as blocks, and as plain text where Slack refuses those."""
        reply = await self._post(text=summary(page), blocks=blocks(page))
        if isinstance(reply, Reply) and _error(reply) in _BLOCKS:
            reply = await self._post(text=plain(page), mrkdwn=False)
        return reply if isinstance(reply, Later) else self._judged(reply)

    async def look(self) -> Answer:
        """Whether the token is accepted; writes nothing."""
        reply = await self._ask("auth.test", {})
        return reply if isinstance(reply, Later) else self._judged(reply)

    async def _post(self, **content: object) -> Reply | Later:
        quiet = {"unfurl_links": False, "unfurl_media": False}
        return await self._ask("chat.postMessage", {"channel": self._settings.channel, **quiet, **content})

    async def _ask(self, method: str, content: object) -> Reply | Later:
        address = f"{self._settings.base_url.rstrip('/')}/{method}"
        headers = {"Authorization": f"Bearer {self._token}"}
        return await request(self._client, address, self._secrets, headers=headers, content=content)

    def _judged(self, reply: Reply) -> Answer:
        error = _error(reply)
        if reply.status == 200 and reply.content.get("ok") is True:
            return Sent()
        if reply.status == 429 or error in _LATER:
            return Later(error or reply.told(), wait_asked_for(reply.headers, datetime.now(UTC)))
        if error:
            return self._refused(error, reply.content)
        # A web page, an empty answer, a server that is down: nothing that Slack says of a message.
        return Later(reply.told())

    def _refused(self, error: str, content: Mapping[str, object]) -> Refused:
        if error in _TOKEN:
            return Refused(error, f"check the app's token in {self._settings.token_env}", whole=True)
        if error == "missing_scope":
            needed = content.get("needed") or "chat:write"
            return Refused(error, f"give the app the scope {needed} and install it again", whole=True)
        if error == "not_in_channel":
            return Refused(error, f"invite the app to {self._settings.channel}", whole=True)
        if error in _CHANNEL:
            return Refused(error, "check notify.slack.channel, and what the app may do there", whole=True)
        return Refused(error, ONE_MESSAGE)


def _error(reply: Reply) -> str:
    told = reply.content.get("error")
    return told if isinstance(told, str) else ""
