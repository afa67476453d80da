"""An endpoint's models as a table; what was not told is unknown, never guessed."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from rich.console import Group, RenderableType
from rich.text import Text

from arena import figures
from arena.cli.text import one_line
from arena.cli.views import tables
from arena.llm.catalogue import ListedModel

_UNKNOWN = "unknown"
_ABILITIES = {
    "tools": ("tools",),
    "structured": ("structured_outputs",),
    "JSON": ("response_format",),
    "reasoning": ("reasoning", "include_reasoning"),
}
"""What a desk makes use of, by the names under which endpoints list it."""


def models_view(listed: Mapping[str, tuple[datetime, tuple[ListedModel, ...]]]) -> RenderableType:
    """Every endpoint's models, by endpoint, with the time they were told."""
    parts = [
        part for name, (fetched, models) in listed.items() for part in (Text(""), *_endpoint(name, fetched, models))
    ]
    return Group(*parts[1:])


def _endpoint(name: str, fetched: datetime, models: tuple[ListedModel, ...]) -> Iterator[RenderableType]:
    told = f"{name}: {figures.plural(len(models), 'model')}, as told on {fetched:%Y-%m-%d %H:%M} UTC"
    yield Text(told, style="bold underline")
    if not models:
        return
    numbers = ("Context", "$/M in", "$/M out")
    table = tables.table("Model", *numbers, "Supports", right=numbers, whole=("Model", *numbers))
    for model in models:
        rates = model.rates
        table.add_row(
            one_line(model.id),
            _UNKNOWN if model.context is None else figures.count(model.context),
            _UNKNOWN if rates is None else figures.amount(rates.prompt),
            _UNKNOWN if rates is None else figures.amount(rates.completion),
            _abilities(model),
        )
    yield table


def _abilities(model: ListedModel) -> str:
    if model.parameters is None:
        return _UNKNOWN
    return ", ".join(word for word, names in _ABILITIES.items() if model.supports(*names)) or "none of tools, JSON"
