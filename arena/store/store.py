"""The store of one home folder, with all it can do."""

from arena.store.books import BookTables
from arena.store.chats import ChatTables
from arena.store.copies import CopyTables
from arena.store.memory import MemoryTables
from arena.store.outcomes import OutcomeTables
from arena.store.pruning import PruningTables
from arena.store.research import ResearchTables
from arena.store.rounds import RoundTables
from arena.store.search import SearchTables
from arena.store.seasons import SeasonTables
from arena.store.spending import SpendingTables
from arena.store.state import StateTables


class Store(
    ChatTables,
    BookTables,
    RoundTables,
    SeasonTables,
    SearchTables,
    SpendingTables,
    MemoryTables,
    OutcomeTables,
    ResearchTables,
    StateTables,
    CopyTables,
    PruningTables,
):
    """The arena's memory: `arena.sqlite` with `archive/` beside it.

    `Store.open` makes it where there is none, `Store.open_existing` does not, and what `Store.open_to_read` opens
    cannot write. An instance belongs to the thread that opened it; any number of them, in any number of
    processes, may read while one writes.
    Every method raises StoreError where the file is locked, damaged or cannot be written.
    """
