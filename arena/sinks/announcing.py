"""What is queued to be said of a round: a message for each sink, in as many parts as it needs there. Pure."""

from arena.config.sinks import NotifySettings
from arena.messages import changed, round_page
from arena.messages.anywhere import PlainForm
from arena.messages.slack import SlackForm
from arena.messages.splitting import Form, split
from arena.messages.telegram import TelegramForm
from arena.records.base import content_hash
from arena.records.news import RoundNews
from arena.records.outbox import Delivery
from arena.sinks.names import message_sinks


def announcements(settings: NotifySettings, news: RoundNews) -> tuple[tuple[Delivery, ...], ...]:
    """The parts of each sink's message; none where nothing changed and that was asked for.

    Their keys name the chats: a round that is played again comes to the same, one in which more was decided does not.
    """
    if settings.only_on_change and not changed(news):
        return ()
    page = round_page(news, reason=settings.reason, base_url=settings.base_url)
    chats = content_hash({"chats": sorted(desk.chat_id for desk in news.desks)})[:8]
    about = f"message/{news.round.season}/{news.round.session}/{chats}"
    return tuple(
        tuple(
            Delivery(key=f"{about}/{sink}/{number}", sink=sink, kind="message", body=part.model_dump(mode="json"))
            for number, part in enumerate(split(page, form_of(sink)), 1)
        )
        for sink in message_sinks(settings)
    )


def form_of(sink: str) -> Form:
    """How a sink wants its messages."""
    if sink == "telegram":
        return TelegramForm()
    return SlackForm() if sink == "slack" else PlainForm()
