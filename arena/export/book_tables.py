"""Tables that are made of ledgers: every event, and orders, fills and marks with columns of their own."""

import json
from typing import Any, NamedTuple

from arena.export.columns import Column, Table
from arena.records.trading import Fill, LedgerEvent, Mark, Order


class EventRow(NamedTuple):
    """An event of a season's ledger."""

    season: str
    place: int
    event: LedgerEvent


class OrderRow(NamedTuple):
    """An order and what became of it."""

    season: str
    order: Order
    status: str
    reason: str | None


class FillRow(NamedTuple):
    """A fill of a season."""

    season: str
    fill: Fill


class MarkRow(NamedTuple):
    """A mark of a season."""

    season: str
    mark: Mark


def _content(row: EventRow) -> str:
    return json.dumps(row.event.model_dump(mode="json"), sort_keys=True, ensure_ascii=False)


def _ticker(row: EventRow) -> Any:
    return getattr(row.event, "ticker", None)


EVENTS: Table[EventRow] = Table(
    "events",
    "A row an event of a ledger, of every kind, in the order they were written",
    (
        Column("season", "text", "The season", lambda row: row.season),
        Column("place", "integer", "Its place in the ledger, from 1", lambda row: row.place),
        Column("key", "text", "What it is stored once under", lambda row: row.event.key),
        Column(
            "kind",
            "text",
            "opened, order, fill, rejection, dividend, split, interest, borrow_fee, margin_call",
            lambda row: row.event.kind,
        ),
        Column("contestant", "text", "Whose book it is in", lambda row: row.event.contestant),
        Column("session", "date", "The session it takes effect in", lambda row: row.event.session),
        Column("ticker", "text", "The ticker, where it has one", _ticker),
        Column("content", "text", "All of it, as JSON", _content),
    ),
)

ORDERS: Table[OrderRow] = Table(
    "orders",
    "A row an order, with what became of it",
    (
        Column("season", "text", "The season", lambda row: row.season),
        Column("key", "text", "What it is stored once under", lambda row: row.order.key),
        Column("contestant", "text", "Whose it is", lambda row: row.order.contestant),
        Column("session", "date", "The session it was decided at", lambda row: row.order.session),
        Column("ticker", "text", "The ticker", lambda row: row.order.ticker),
        Column("chat_id", "text", "The ModelChat that decided it", lambda row: row.order.chat_id),
        Column("side", "text", "BUY or SELL", lambda row: row.order.side),
        Column("budget", "dollars", "What opening a position may take, dollars", lambda row: row.order.budget),
        Column("shares", "decimal", "What closes a position, shares", lambda row: row.order.shares),
        Column("rule", "text", "next_open, next_close, same_close or same_open", lambda row: row.order.rule),
        Column("fills_on", "date", "The session whose price fills it", lambda row: row.order.fills_on),
        Column("status", "text", "filled, rejected or pending", lambda row: row.status),
        Column("reason", "text", "Why it was rejected", lambda row: row.reason),
    ),
)

FILLS: Table[FillRow] = Table(
    "fills",
    "A row an executed order",
    (
        Column("season", "text", "The season", lambda row: row.season),
        Column("key", "text", "What it is stored once under", lambda row: row.fill.key),
        Column("order_key", "text", "The order it fills, or the margin call", lambda row: row.fill.order_key),
        Column("contestant", "text", "Whose it is", lambda row: row.fill.contestant),
        Column("session", "date", "The session it happened in", lambda row: row.fill.session),
        Column("ticker", "text", "The ticker", lambda row: row.fill.ticker),
        Column("side", "text", "BUY or SELL", lambda row: row.fill.side),
        Column("shares", "decimal", "Shares", lambda row: row.fill.shares),
        Column("price", "decimal", "The recorded price of a share, dollars", lambda row: row.fill.price),
        Column("slippage", "dollars", "Lost to the spread, dollars", lambda row: row.fill.slippage),
        Column("fee", "dollars", "Commission, dollars", lambda row: row.fill.fee),
        Column("cash_change", "decimal", "Into the book, or out of it, dollars", lambda row: row.fill.cash_change),
        Column("rule", "text", "next_open, next_close, same_close or same_open", lambda row: row.fill.rule),
    ),
)

MARKS: Table[MarkRow] = Table(
    "marks",
    "A row a close that books are valued at, or that a benchmark had",
    (
        Column("season", "text", "The season", lambda row: row.season),
        Column("ticker", "text", "The ticker", lambda row: row.mark.ticker),
        Column("session", "date", "The session", lambda row: row.mark.session),
        Column("close", "decimal", "The close as traded, dollars a share", lambda row: row.mark.close),
        Column("source", "text", "The vendor it came from", lambda row: row.mark.source),
    ),
)
