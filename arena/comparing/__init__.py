"""Two ModelChats compared, for terminals and pages alike. Pure functions over records."""

from arena.comparing.chats import compare_chats
from arena.comparing.flattening import flattened
from arena.comparing.texts import compare_texts

__all__ = ["compare_chats", "compare_texts", "flattened"]
