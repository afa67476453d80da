"""AI-Trader's JSON configuration, understood as one of ours.

What both know is taken over: models, endpoints, steps, retries, delay, cash and folder.
What has no counterpart here is named in the notes, and what would make it another
competition (another market) is refused. Nothing is dropped in silence.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from pydantic import ValidationError

from arena.config.document import Document, Loc, Place, Problem, refusal
from arena.config.problems import checked_for_secrets, problems_of
from arena.records.base import Record

_OPENROUTER = {"base_url": "https://openrouter.ai/api/v1", "api_key_env": "OPENROUTER_API_KEY"}
_OTHER_MARKETS = ("AStock", "Crypto", "Forex")
"""In the name of an AI-Trader agent type they outrank its `market`."""


class _DateRange(Record):
    init_date: str
    end_date: str


class _Model(Record):
    name: str | None = None
    basemodel: str
    """The model id the endpoint knows it by."""
    signature: str
    """The contestant's name."""
    enabled: bool = True
    openai_base_url: str | None = None
    openai_api_key: str | None = None
    """Refused by its name where one is given."""


class _AgentConfig(Record):
    max_steps: int | None = None
    max_retries: int | None = None
    base_delay: float | None = None
    initial_cash: float | None = None
    verbose: bool | None = None


class _LogConfig(Record):
    log_path: str | None = None


class _AiTraderFile(Record):
    agent_type: str | None = None
    market: str = "us"
    date_range: _DateRange | None = None
    models: tuple[_Model, ...]
    """Who competes."""
    agent_config: _AgentConfig
    log_config: _LogConfig = _LogConfig()


_COUNTERPARTS: dict[tuple[str, str], tuple[str, str]] = {
    ("agent_config", "max_steps"): ("desk", "tool_turns"),
    ("agent_config", "max_retries"): ("limits", "retries"),
    ("agent_config", "base_delay"): ("limits", "retry_delay"),
    ("agent_config", "initial_cash"): ("trading", "start_cash"),
}


def recognises(document: Document) -> bool:
    """Whether the document has AI-Trader's shape: `models` and `agent_config`."""
    return {"models", "agent_config"} <= document.values.keys()


def translate(document: Document) -> Document:
    """The same competition as values of ArenaConfig; places still lead into AI-Trader's file.

    Raises:
        ConfigError: The file has unknown keys, wrong types, a key in it, or is of another market.
    """
    source = checked_for_secrets(replace(document, values=_without_placeholders(document.values)))
    try:
        file = _AiTraderFile.model_validate(source.values)
    except ValidationError as error:
        problems = [*source.problems, *problems_of(error, source, _AiTraderFile)]
    else:
        problems = [*source.problems, *_another_market(file, source)]
        if not problems:
            return _Translation(source).of(file)
    raise refusal(problems)


def _without_placeholders(values: dict[str, Any]) -> dict[str, Any]:
    """AI-Trader's own default file says `Optional: YOUR_OPENAI_API_KEY,...` where nothing is set."""
    models = values["models"]
    if not isinstance(models, list):
        return values
    return {**values, "models": [_unset(model) if isinstance(model, dict) else model for model in models]}


def _unset(model: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in model.items() if not str(value).startswith("Optional: YOUR_")}


def _another_market(file: _AiTraderFile, source: Document) -> Iterator[Problem]:
    if file.market != "us":
        yield Problem(source.place(("market",)), f"market is {file.market!r}; this arena trades US stocks: 'us'")
    if file.agent_type and any(market in file.agent_type for market in _OTHER_MARKETS):
        message = f"agent_type {file.agent_type} trades another market; this arena trades US stocks"
        yield Problem(source.place(("agent_type",)), message)


@dataclass
class _Translation:
    """Collects the translated values while it keeps their places."""

    source: Document
    values: dict[str, Any] = field(default_factory=dict)
    places: dict[Loc, Place] = field(default_factory=dict)

    def of(self, file: _AiTraderFile) -> Document:
        """The whole file."""
        self.places[()] = self.source.places[()]
        self._contestants(file)
        for theirs, ours in _COUNTERPARTS.items():
            if (value := getattr(file.agent_config, theirs[1])) is not None:
                self.values.setdefault(ours[0], {})[ours[1]] = value
                self._place(ours, theirs)
        if file.log_config.log_path is not None:
            self.values["home"] = file.log_config.log_path
            self._place(("home",), ("log_config", "log_path"))
        return Document(self.values, self.places, notes=tuple(_notes(file)))

    def _contestants(self, file: _AiTraderFile) -> None:
        endpoints = self.values["endpoints"] = {}
        contestants = self.values["contestants"] = []
        names = _endpoint_names(file)
        self._place(("contestants",), ("models",))
        for number, model in enumerate(file.models):
            contestants.append(
                {
                    "name": model.signature,
                    "model": model.basemodel,
                    "enabled": model.enabled,
                    "endpoint": names[model.openai_base_url],
                }
            )
            theirs, ours = ("models", number), ("contestants", number)
            self._place(ours, theirs)
            self._place((*ours, "name"), (*theirs, "signature"))
            self._place((*ours, "model"), (*theirs, "basemodel"))
            self._place((*ours, "enabled"), (*theirs, "enabled"))
            self._place((*ours, "endpoint"), (*theirs, "openai_base_url"))
            self._endpoint(endpoints, names[model.openai_base_url], model.openai_base_url, (*theirs, "openai_base_url"))

    def _endpoint(self, endpoints: dict[str, Any], name: str, base_url: str | None, theirs: Loc) -> None:
        if name in endpoints:
            return
        endpoints[name] = {"base_url": base_url, "api_key_env": "OPENAI_API_KEY"} if base_url else _OPENROUTER
        for key in endpoints[name]:
            self._place(("endpoints", name, key), theirs)

    def _place(self, ours: Loc, theirs: Loc) -> None:
        """Our value stands in their file at `theirs`, or is AI-Trader's default where it does not."""
        found = self.source.place(theirs) if self.source.holds(theirs) else Place("default")
        self.places[ours] = replace(found, key=self.source.path(theirs))


def _endpoint_names(file: _AiTraderFile) -> dict[str | None, str]:
    """A name for each distinct address: openai, openai-2 and so on; models without one go over OpenRouter."""
    addresses = dict.fromkeys(model.openai_base_url for model in file.models if model.openai_base_url)
    named: dict[str | None, str] = {
        address: f"openai-{number}" if number > 1 else "openai" for number, address in enumerate(addresses, 1)
    }
    return {**named, None: "openrouter", "": "openrouter"}


def _notes(file: _AiTraderFile) -> Iterator[str]:
    config = file.agent_config
    if file.agent_type:
        yield f"agent_type {file.agent_type} has no counterpart: every contestant here has the arena's own desk"
    if file.date_range:
        span = f"{file.date_range.init_date} to {file.date_range.end_date}"
        yield f"date_range {span} has no counterpart: dates are named on the command line"
    if config.verbose is not None:
        yield "agent_config.verbose has no counterpart: every call is kept in the chat's record"
    if config.max_steps is not None:
        yield "agent_config.max_steps is taken as desk.tool_turns: the turns each analyst may spend on its tools"
    if file.log_config.log_path is not None:
        yield "log_config.log_path is taken as home: the arena keeps a store of its own in that folder"
    for number, model in enumerate(file.models):
        if model.name is not None and model.name != model.signature:
            yield f"models[{number}].name {model.name!r} is not used: the contestant is called {model.signature}"
    if any(not model.openai_base_url for model in file.models):
        yield "models without openai_base_url are asked over OpenRouter with OPENROUTER_API_KEY"
    if any(model.openai_base_url for model in file.models):
        yield "models with an openai_base_url are asked there with the key in OPENAI_API_KEY"
    yield "orders fill at the next session's open (trading.fill), where AI-Trader fills at the same day's"
