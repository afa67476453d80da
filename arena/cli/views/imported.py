"""What an imported chat says of where it comes from, and the stages of which it has no more than a text."""

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from rich.console import RenderableType

from arena.cli.text import clean, one_line
from arena.cli.views import tables
from arena.cli.views.labels import banner
from arena.cli.views.outcome import outcome_text
from arena.records.chat import PORTFOLIO, Imported, ModelChat
from arena.records.desk import Role

_SHORT = 600
"""Characters of a text that the overview shows; `--stage` has the whole."""

_ROLES: Mapping[str, tuple[Role, ...]] = MappingProxyType(
    {
        "market": ("market_analyst",),
        "news": ("news_analyst",),
        "fundamentals": ("fundamentals_analyst",),
        "social": ("social_analyst",),
        "research": ("bull_researcher", "bear_researcher", "research_manager"),
        "trader": ("trader",),
        "risk": ("aggressive_debater", "conservative_debater", "neutral_debater", "portfolio_manager"),
    }
)


def imported_texts(chat: ModelChat, stage: str) -> dict[Role, str]:
    """What the roles of a stage wrote as texts only; empty for chats of our own."""
    texts = chat.imported.texts if chat.imported is not None else {}
    return {role: texts[role] for role in _ROLES.get(stage, ()) if role in texts}


def imported_view(chat: ModelChat, stage: str, *, full: bool) -> Iterator[RenderableType]:
    """The texts of a stage, each under its role, in `full` or the beginning."""
    for role, text in imported_texts(chat, stage).items():
        yield tables.heading(role.replace("_", " ").capitalize())
        yield tables.paragraph(text if full else one_line(text, _SHORT))


def states_view(chats: Sequence[ModelChat]) -> Iterator[RenderableType]:
    """A line an imported state: what it decided, by which words, or why nobody can say; then what is odd."""
    yield from banner({chat.contestant: chat.labels for chat in chats})
    table = tables.table("Id", "Outcome", "In its words", whole=("Id",))
    odd = []
    for chat in chats:
        outcome = chat.outcome
        words = outcome.rating if outcome.kind == "imported" else outcome.detail if outcome.kind == "abstention" else ""
        table.add_row(chat.id, outcome_text(outcome), clean(words))
        odd += [f"{chat.id}: {note}" for note in (chat.imported.notes if chat.imported is not None else ())]
    yield table
    yield from tables.notes(odd)


def imported_origin(chat: ModelChat, imported: Imported) -> dict[str, str]:
    """Where the chat comes from; of what the other project does not keep there is no line."""
    about = "its whole portfolio" if chat.ticker == PORTFOLIO else chat.ticker
    return {
        "Contestant": chat.contestant,
        "Decides on": f"{about} on {chat.session}",
        "Season": chat.season,
        "Imported": f"from {imported.project}: {imported.source}",
        **({"Notes": "\n".join(imported.notes)} if imported.notes else {}),
    }
