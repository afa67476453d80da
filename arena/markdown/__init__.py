"""One ModelChat as a Markdown document that reads like the conversation it was. Pure: a record in, a text out."""

from arena.markdown.chat import chat_markdown

__all__ = ["chat_markdown"]
