"""A round as a message: short lines, the vote of each ticker first, then who said what, who leads, what was traded."""

from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import quote

from arena import figures
from arena.messages.change import Move, moves
from arena.messages.page import Line, Page, Span, address, heading, line, listed, quoted
from arena.records.chat import Label
from arena.records.news import DeskNews, RoundNews
from arena.records.standing import Consensus, Medal, Standing
from arena.records.trading import Fill, Order, RecordedRule, Rejection

_BLANK: Line = ()
_MANY_DESKS = 40
"""Desks from which on a round's message shows no reasons: nobody reads that on a phone."""
_DETAIL = 200
"""Characters of why a desk abstained, or an order was rejected."""

_LABELS: Mapping[Label, str] = {
    "rehearsal": "REHEARSAL: rule-driven stand-ins, not models",
    "simulated": "SIMULATED: an invented market",
    "imported": "IMPORTED: another project's record",
    "baseline": "BASELINE: fixed rules without a vote",
    "single": "SINGLE: desks of one agent, without a debate and without a vote",
    "masked": "MASKED: shown an invented ticker, company and dates",
}
_MEDALS: Mapping[Medal, str] = {"gold": "🥇", "silver": "🥈", "bronze": "🥉"}
_PRICE_OF: Mapping[RecordedRule, str] = {
    "next_open": "open",
    "next_close": "close",
    "same_close": "close",
    "same_open": "open",
}


def round_page(news: RoundNews, *, reason: int = 100, base_url: str | None = None) -> Page:
    """The message about a round. `reason` is how many characters of each decision's reason it shows.

    With a `base_url` it ends in a link to the round's page there.
    """
    shown = reason if len(news.desks) <= _MANY_DESKS else 0
    lines = [heading(f"Season {quoted(news.round.season)}, close of {news.round.session}"), *_labels(news.desks)]
    for vote in news.consensus:
        lines += [_BLANK, *_vote(vote), *_desks([desk for desk in news.desks if desk.ticker == vote.ticker], shown)]
    lines += [_BLANK, *_leaderboard(news), *_trades(news), *_notes((*news.notes, *news.standings.notes))]
    if base_url is not None:
        lines += [_BLANK, (Span(text="See the round", href=_round_address(base_url, news)),)]
    return Page(lines=tuple(lines))


def _labels(desks: Sequence[DeskNews]) -> Iterator[Line]:
    """What must not be mistaken for the real thing; who it is about, where not everybody."""
    borne = {desk.contestant: set(desk.labels) for desk in desks}
    for label, sentence in _LABELS.items():
        bearers = [contestant for contestant, labels in sorted(borne.items()) if label in labels]
        if bearers:
            yield line(sentence if len(bearers) == len(borne) else f"{sentence}: {listed(bearers)}")


def _vote(vote: Consensus) -> Iterator[Line]:
    if vote.action is None:
        yield heading(f"{quoted(vote.ticker)}: nobody decided")
    elif vote.tie:
        yield heading(f"{quoted(vote.ticker)}: a tie, which counts as {vote.action}")
    else:
        strength = "high agreement" if vote.high else "agreement not high"
        yield heading(f"{quoted(vote.ticker)}: {vote.action}, {figures.part(vote.level)}, {strength}")
    counted = ", ".join(f"{number} {action}" for action, number in vote.votes.items())
    mean = "" if vote.mean_confidence is None else f" · mean confidence {vote.mean_confidence:.2f}"
    yield line(f"{counted}{mean}")
    if vote.outliers:
        yield line(f"Against it: {listed(vote.outliers)}")


def _desks(desks: Sequence[DeskNews], reason: int) -> Iterator[Line]:
    for desk in desks:
        outcome = desk.outcome
        name = f"• {quoted(desk.contestant)}: "
        if outcome.kind == "abstention":
            yield line(name, Span(text=f"abstained, {outcome.reason}", bold=True), _told(outcome.detail, _DETAIL))
        elif outcome.kind == "imported":
            yield line(name, Span(text=outcome.action or "BUY and SELL", bold=True), _told(outcome.reasoning, reason))
        else:
            size = "" if outcome.action == "HOLD" else f" {outcome.fraction:.2f}"
            sure = f", confidence {outcome.confidence:.2f}"
            yield line(name, Span(text=f"{outcome.action}{size}", bold=True), sure, _told(outcome.reasoning, reason))


def _told(text: str, longest: int) -> str:
    words = quoted(text, longest) if longest else ""
    return f". {words}" if words else ""


def _leaderboard(news: RoundNews) -> Iterator[Line]:
    table = news.standings
    when = f" at the close of {table.session}" if table.session else ""
    yield heading(f"Leaderboard{when}")
    if not table.rows:
        yield line("Nobody has a book yet.")
    moved = moves(news)
    for row in table.rows:
        yield line(_standing(row, moved.get(row.contestant)))
    if news.before is not None and moved:
        yield line(f"Changes since the round of {news.before.session}.")


def _standing(row: Standing, move: Move | None) -> str:
    medal = f" {_MEDALS[row.medal]}" if row.medal else ""
    stands = f"{row.rank}.{medal} {quoted(row.contestant)} {figures.dollars(row.equity)}"
    return f"{stands} ({figures.change(row.return_pct)}){'' if move is None else f' · {_moved(move)}'}"


def _moved(move: Move) -> str:
    if move.ranks == 0:
        return figures.gain(move.equity)
    return f"{figures.gain(move.equity)}, {'up' if move.ranks > 0 else 'down'} {abs(move.ranks)}"


def _trades(news: RoundNews) -> Iterator[Line]:
    """What became of the orders of earlier rounds, then of this one's."""
    ours = {order.key for order in news.orders}
    ended: dict[str, Fill | Rejection] = {fill.order_key: fill for fill in news.fills}
    ended |= {rejection.order_key: rejection for rejection in news.rejections}
    earlier = [event for event in ended.values() if event.order_key not in ours]
    if not news.orders and not earlier:
        return
    yield _BLANK
    yield heading("Trades")
    for event in sorted(earlier, key=lambda event: (event.ticker, event.contestant)):
        yield line(_ended(event))
    for order in sorted(news.orders, key=lambda order: (order.ticker, order.contestant)):
        yield line(_ended(ended[order.key]) if order.key in ended else _waiting(order))


def _ended(event: Fill | Rejection) -> str:
    who, ticker = quoted(event.contestant), quoted(event.ticker)
    if event.kind == "rejection":
        return f"• {who}: the order for {ticker} was rejected: {quoted(event.reason, _DETAIL)}"
    at = f"{figures.price(event.price)}, {_PRICE_OF[event.rule]} of {event.session}"
    return f"• {who}: {event.side} {figures.shares(event.shares)} {ticker} at {at}"


def _waiting(order: Order) -> str:
    who, ticker = quoted(order.contestant), quoted(order.ticker)
    return f"• {who}: {order.side} {ticker} waits for the {_PRICE_OF[order.rule]} of {order.fills_on}"


def _notes(sentences: Sequence[str]) -> Iterator[Line]:
    if sentences:
        yield _BLANK
        yield from (line(f"Note: {quoted(sentence, _DETAIL)}") for sentence in dict.fromkeys(sentences))


def _round_address(base_url: str, news: RoundNews) -> str:
    season = quote(news.round.season, safe="")
    return address(f"{base_url.rstrip('/')}/seasons/{season}/rounds/{news.round.session}")
