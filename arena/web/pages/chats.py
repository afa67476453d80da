"""A ModelChat's page, and the page of its calls."""

from arena.web.reader import Reader
from arena.web.reading.chats import conversation, surroundings
from arena.web.rendering import Page
from arena.web.words import why


def chat_page(reader: Reader, chat_id: str) -> Page:
    """A chat as a conversation. UsageError for an unknown id."""
    found = conversation(reader, chat_id)
    beside = surroundings(reader, found.chat)
    chat = found.chat
    content = {"talk": found, "chat": chat, "beside": beside, "why": why(chat.outcome)}
    return Page("chat.html", f"{chat.contestant} on {chat.ticker}, {chat.session}", content, beside.head, "chat")


def calls_page(reader: Reader, chat_id: str) -> Page:
    """Every call behind a chat: prompts, replies, tools, tokens, cost, time, retries. UsageError for an unknown id."""
    found = conversation(reader, chat_id)
    beside = surroundings(reader, found.chat)
    title = f"Calls of {found.chat.contestant} on {found.chat.ticker}, {found.chat.session}"
    return Page("calls.html", title, {"talk": found, "chat": found.chat, "beside": beside}, beside.head, "chat")
