"""Bringing a competition in as a season: books, marks, rounds, chats and the prices an audit needs.

It is audited first, and one with violations is not imported: there is no book that could hold it truthfully.
"""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from arena.interop.ai_trader.audit import Competition, audit_competition, read_competition
from arena.interop.ai_trader.chats import chat_of, opening_of
from arena.interop.ai_trader.ledger import SOURCE, events_of, marks_of
from arena.interop.ai_trader.logs import Log, read_logs
from arena.interop.ai_trader.prices import BENCHMARK
from arena.ledger import replay
from arena.market.market import SourcedHistory
from arena.records.audit import AuditReport
from arena.records.base import Record
from arena.records.chat import PORTFOLIO, ModelChat
from arena.records.market import PriceHistory
from arena.records.standing import Round
from arena.records.trading import Fill, LedgerEvent
from arena.store import Store
from arena.tape.tape import Tape

MARKET = "the prices of the AI-Trader competition"


class AiTraderImport(Record):
    """What importing a competition came to."""

    season: str
    report: AuditReport
    """With violations nothing was imported."""
    fills: int = 0
    chats: int = 0
    new_events: int = 0
    """Events of the ledger that were not stored before."""
    new_chats: int = 0
    notes: tuple[str, ...] = ()
    """What is odd about the files; nothing of it was repaired."""

    @property
    def done(self) -> bool:
        """Whether the season is in the store."""
        return not self.report.findings


def import_ai_trader(home: Path, folder: Path, season: str, copied_to: tuple[str, ...] = ()) -> AiTraderImport:
    """Audit the folder and store it as a season of the home folder; importing it again changes nothing.

    `copied_to` are the sinks that get a copy of what is stored.
    UsageError where the folder is none of AI-Trader's, StoreError where the season holds other events already.
    """
    read = read_competition(folder)
    report = audit_competition(read)
    if report.findings:
        return AiTraderImport(season=season, report=report)
    logs = {model: read_logs(read.folder, model) for model in read.lines}
    chats = _chats(season, read, logs)
    events = _events(read, chats)
    replay(events)  # The books' own invariants, before anything is written.
    with Tape.open(home) as tape:
        for history in _histories(read):
            tape.save_prices(season, history)
    with Store.open(home) as store, store.transaction():
        store.copied_to = copied_to
        known = {row.id for row in store.chat_rows(season=season, limit=-1)}
        new = store.append_events(season, events)
        store.save_marks(season, marks_of([line for mine in read.lines.values() for line in mine], read.prices))
        for chat in chats:
            store.save_chat(chat)
        for played in _rounds(season, chats):
            store.save_round(played)
    return AiTraderImport(
        season=season,
        report=report,
        fills=sum(isinstance(event, Fill) for event in events),
        chats=len(chats),
        new_events=len(new),
        new_chats=sum(chat.id not in known for chat in chats),
        notes=(*report.notes, *_oddities(chats)),
    )


def _chats(season: str, read: Competition, logs: Mapping[str, Mapping[date, Log]]) -> tuple[ModelChat, ...]:
    chats = []
    for model, lines in read.lines.items():
        days = sorted({line.day for line in lines[1:]} | logs[model].keys())
        for day in days:
            acted = [line for line in lines[1:] if line.day == day]
            chats.append(chat_of(season, model, day, acted, logs[model].get(day)))
    return tuple(sorted(chats, key=lambda chat: (chat.session, chat.contestant)))


def _events(read: Competition, chats: tuple[ModelChat, ...]) -> tuple[LedgerEvent, ...]:
    of_day = {model: {chat.session: chat.id for chat in chats if chat.contestant == model} for model in read.lines}
    return tuple(
        event for model, lines in read.lines.items() for event in events_of(model, lines, read.prices, of_day[model])
    )


def _histories(read: Competition) -> tuple[SourcedHistory, ...]:
    lines = [line for mine in read.lines.values() for line in mine]
    tickers = {BENCHMARK, *(line.symbol for line in lines if line.trades)} & read.prices.days.keys()
    start, end = min(line.day for line in lines), max(line.day for line in lines)
    return tuple(
        SourcedHistory(
            source=SOURCE, history=PriceHistory(ticker=ticker, bars=tuple(read.prices.bars(ticker, start, end)))
        )
        for ticker in sorted(tickers)
    )


def _rounds(season: str, chats: tuple[ModelChat, ...]) -> tuple[Round, ...]:
    return tuple(
        Round(
            season=season,
            session=day,
            as_of=opening_of(day),
            tickers=(PORTFOLIO,),
            contestants=tuple(chat.contestant for chat in chats if chat.session == day),
            snapshots={},
            market=MARKET,
            config_hash="",
            code_version="",
        )
        for day in sorted({chat.session for chat in chats})
    )


def _oddities(chats: tuple[ModelChat, ...]) -> tuple[str, ...]:
    found = []
    for chat in chats:
        source = chat.imported.source if chat.imported is not None else chat.id
        notes = chat.imported.notes if chat.imported is not None else ()
        found += [f"{source}: {note}" for note in notes]
        if chat.outcome.kind == "abstention":
            found.append(f"{source}: {chat.outcome.detail}")
    return tuple(found)
