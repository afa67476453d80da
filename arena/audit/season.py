"""One stored season, audited: its store, its snapshots, its tape."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from arena.audit.books import check_books, doubts
from arena.audit.chats import check_orders, check_sight
from arena.audit.missing import settled_through, without_orders
from arena.audit.orders import exchange_of
from arena.audit.prices import KnownPrices
from arena.errors import StoreError, UsageError
from arena.market import calendar, snapshot
from arena.market.market import SourcedHistory
from arena.masking import Mask, masked_snapshot
from arena.records.audit import AuditReport, Finding
from arena.records.chat import ModelChat
from arena.records.market import MarketSnapshot
from arena.records.trading import Fill, Mark, Order
from arena.store import Store
from arena.tape.tape import Tape


def audit_season(home: Path, season: str) -> AuditReport:
    """Every violation in a season of a home folder. UsageError where there is no such season; StoreError."""
    with Store.open_existing(home) as store:
        return audit_stored(store, season)


def audit_stored(store: Store, season: str) -> AuditReport:
    """The same of a store that is open, be it one that cannot be written."""
    if season not in store.seasons():
        raise UsageError(f"no season {season} is stored; those there are: {', '.join(store.seasons()) or 'none'}")
    home = store.home
    with store.at_one_moment():
        events, marks = store.events(season), store.marks(season)
        rows = store.chat_rows(season=store.season_of_chats(season), limit=-1)
        chats = {row.id: store.chat(row.id) for row in reversed(rows)}
        archive = store.verify_archive()
        plan = store.plan(season)
    settled_at = _prices_on_tape(home, season)
    prices = KnownPrices(settled_at)
    seen, unreadable = _snapshots(home / "snapshots", chats.values())
    for one in seen.values():
        if one.masks is None:
            prices.take(one)
    findings = (
        *check_books(events, prices, settled_at, settled_through(events, marks, plan.benchmark if plan else None)),
        *check_orders(events, chats),
        *without_orders(events, chats.values()),
        *unreadable,
        *(found for chat in chats.values() for found in _check_facts(chat, seen)),
        *_check_marks(marks, prices),
        *(Finding(kind="archive", where="archive", what=difference) for difference in archive),
    )
    unpriced = sum(not prices.bars(mark.ticker, mark.session) for mark in marks)
    notes = doubts(events, prices)
    return AuditReport(
        subject=season,
        findings=findings,
        notes=(*notes, f"{unpriced} marks were not checked: no bar of theirs is kept") if unpriced else notes,
        checked={
            "events": len(events),
            "orders": sum(isinstance(event, Order) for event in events),
            "fills": sum(isinstance(event, Fill) for event in events),
            "chats": len(chats),
            "snapshots": len(seen),
            "marks": len(marks),
        },
    )


def _prices_on_tape(home: Path, season: str) -> Sequence[SourcedHistory]:
    if not Tape.exists(home):
        return ()
    with Tape.open_to_read(home) as tape:
        return tape.prices(season)


def _snapshots(folder: Path, chats: Iterable[ModelChat]) -> tuple[dict[str, MarketSnapshot], list[Finding]]:
    """The snapshots of the chats by hash, originals of masked ones too; a finding for each missing or changed."""
    seen: dict[str, MarketSnapshot] = {}
    findings: list[Finding] = []
    for chat in chats:
        originals = () if chat.masked is None else (chat.masked.original,)
        wanted = () if chat.imported is not None else (chat.snapshot_hash, *originals)
        for hashed in (one for one in wanted if one not in seen):
            try:
                seen[hashed] = snapshot.load(hashed, folder)
            except StoreError as error:
                findings.append(Finding(kind="unreadable", where=chat.id, what=f"its snapshot cannot be read: {error}"))
    return seen, findings


def _check_facts(chat: ModelChat, seen: Mapping[str, MarketSnapshot]) -> Iterator[Finding]:
    """What the chat saw that it could not; of a masked one by the facts that its own are the mask of."""
    shown = seen.get(chat.snapshot_hash)
    if chat.masked is None or shown is None:
        yield from check_sight(chat, shown)
        return
    original = seen.get(chat.masked.original)
    yield from check_sight(chat, original)
    mask = Mask.told(chat.season, chat.ticker, chat.masked)
    if original is not None and masked_snapshot(original, mask).hash != shown.hash:
        yield Finding(kind="look_ahead", where=chat.id, what="its snapshot is not the masked twin of its original")


def _check_marks(marks: Iterable[Mark], prices: KnownPrices) -> Iterator[Finding]:
    for mark in marks:
        where = f"mark of {mark.ticker} on {mark.session}"
        if not calendar.is_session(mark.session, exchange_of(mark.ticker)):
            yield Finding(
                kind="no_session", where=where, what=f"{mark.session} is a {mark.session:%A} without a session"
            )
        closes = {bar.close for bar in prices.bars(mark.ticker, mark.session)}
        if closes and mark.close not in closes:
            told = ", ".join(sorted(map(str, closes)))
            yield Finding(kind="mark", where=where, what=f"it is {mark.close}, and the close that is kept is {told}")
