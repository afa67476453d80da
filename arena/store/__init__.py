"""Everything the arena keeps: chats, ledgers, marks, rounds and votes in one SQLite file, chats as JSON beside it."""

from arena.store.chat_rows import ChatRow
from arena.store.chats import ChatFilters
from arena.store.search import SearchFilters
from arena.store.store import Store

__all__ = ["ChatFilters", "ChatRow", "SearchFilters", "Store"]
