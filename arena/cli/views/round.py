"""A round: who decided what, what they say together, what was traded, and where everybody stands."""

from collections.abc import Iterator

from rich.console import RenderableType
from rich.text import Text

from arena import figures
from arena.cli.text import one_line
from arena.cli.views import tables
from arena.cli.views.labels import STYLE, banner
from arena.cli.views.leaderboard import leaderboard
from arena.cli.views.outcome import STYLES, outcome_text
from arena.cli.views.trades import trades_table
from arena.records.chat import ModelChat
from arena.records.standing import Consensus, RoundResult

_REASON = 110
"""Characters of a reason that a line shows; `arena chat show` has the whole."""


def round_view(result: RoundResult, width: int) -> Iterator[RenderableType]:
    """The result for a terminal of `width` columns, without the labels missing anywhere."""
    yield from banner({chat.contestant: chat.labels for chat in result.chats})
    yield from _decided_earlier(result)
    for vote in result.consensus:
        yield tables.heading(f"{vote.ticker} at the close of {vote.session}")
        yield _decisions(result, vote.ticker)
        yield Text(consensus_line(vote), style=STYLES[vote.action] if vote.action else "bold")
        yield from _apart(vote)
    yield tables.heading("Trades")
    yield trades_table(result.orders, result.fills, result.rejections)
    yield from leaderboard(result.standings, width)
    yield from tables.notes((*result.notes, *result.standings.notes))


def consensus_line(vote: Consensus) -> str:
    """The majority, how large it is, and the votes, in one sentence."""
    if vote.action is None:
        return "Consensus: none, nobody with a vote decided"
    counted = ", ".join(f"{number} {action}" for action, number in vote.votes.items())
    mean = figures.UNKNOWN if vote.mean_confidence is None else f"{vote.mean_confidence:.2f}"
    if vote.tie:
        return f"Consensus: a tie, which counts as {vote.action} (votes: {counted}; mean confidence {mean})"
    level = f"{figures.part(vote.level)}, {'high' if vote.high else 'not high'}"
    return f"Consensus: {vote.action}, {level} (votes: {counted}; mean confidence {mean})"


def _apart(vote: Consensus) -> Iterator[Text]:
    if vote.outliers:
        yield Text(f"Against it: {', '.join(vote.outliers)}")
    if vote.abstentions:
        told = ", ".join(f"{contestant} ({reason})" for contestant, reason in sorted(vote.abstentions.items()))
        yield Text(f"Abstained: {told}")
    yield from (Text(f"{note[:1].upper()}{note[1:]}") for note in vote.notes)


def _decided_earlier(result: RoundResult) -> Iterator[Text]:
    earlier = len(result.replayed)
    if not earlier:
        return
    if earlier == len(result.chats):
        yield Text("This round was decided earlier; nothing was traded again.", style=STYLE)
    else:
        told = "1 desk" if earlier == 1 else f"{earlier} desks"
        yield Text(f"{told} of {len(result.chats)} decided earlier; nothing of theirs was traded again.", style=STYLE)


def _decisions(result: RoundResult, ticker: str) -> RenderableType:
    chats = [chat for chat in result.chats if chat.ticker == ticker]
    table = tables.table("Contestant", "Decision", "Confidence", "Why", right=("Confidence",), whole=("Confidence",))
    for chat in chats:
        table.add_row(chat.contestant, outcome_text(chat.outcome), *_confidence_and_reason(chat))
    return table


def _confidence_and_reason(chat: ModelChat) -> tuple[str, str]:
    if chat.outcome.kind == "abstention":
        return figures.UNKNOWN, one_line(chat.outcome.detail, _REASON)
    confidence = f"{chat.outcome.confidence:.2f}" if chat.outcome.kind == "decision" else figures.UNKNOWN
    return confidence, one_line(chat.outcome.reasoning, _REASON)
