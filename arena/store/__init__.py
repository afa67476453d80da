"""Everything the arena keeps: chats, ledgers, marks, rounds and votes in one SQLite file, chats as JSON beside it."""

from arena.store.chats import ChatFilters, ChatRow
from arena.store.store import Store

__all__ = ["ChatFilters", "ChatRow", "Store"]
