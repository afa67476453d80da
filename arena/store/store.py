"""The store of one home folder, with all it can do."""

from arena.store.books import BookTables
from arena.store.chats import ChatTables
from arena.store.memory import MemoryTables
from arena.store.rounds import RoundTables
from arena.store.seasons import SeasonTables
from arena.store.spending import SpendingTables


class Store(ChatTables, BookTables, RoundTables, SeasonTables, SpendingTables, MemoryTables):
    """The arena's memory: `arena.sqlite` with `archive/` beside it.

    `Store.open` makes it where there is none, `Store.open_existing` does not. An instance belongs to the
    thread that opened it; any number of them, in any number of processes, may read while one writes.
    Every method raises StoreError where the file is locked, damaged or cannot be written.
    """
