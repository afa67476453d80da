"""Who competes: models behind endpoints, chat model classes, rehearsal stand-ins and baselines, and what they cost."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, Tag, model_validator

from arena.config.kinds import Address, Name, VariableName, by_kind, misfit
from arena.records.base import Record, content_hash, plain
from arena.records.chat import Rung
from arena.records.replica import replica_name

BaselineRule = Literal[
    "buy_and_hold", "equal_weight", "random", "macd", "sma_cross", "kdj_rsi", "zero_mean_reversion", "consensus"
]
RehearsalStyle = Literal["momentum", "value", "contrarian", "cautious", "newsreader"]
DeskKind = Literal["full", "single"]

DollarsPerMillion = Annotated[Decimal, Field(ge=0, allow_inf_nan=False), AfterValidator(plain)]
"""Dollars per million tokens."""


class TokenPrices(Record):
    """What a model's tokens cost, in dollars per million."""

    prompt: DollarsPerMillion
    """Dollars per million prompt tokens."""
    completion: DollarsPerMillion
    """Dollars per million completion tokens, thinking included."""
    cached: DollarsPerMillion | None = None
    """Dollars per million prompt tokens that come from the provider's cache; null counts them as any others."""


class Endpoint(Record):
    """A server that speaks the OpenAI chat completions protocol."""

    base_url: Address
    """Up to and including the version part, such as https://openrouter.ai/api/v1."""
    api_key_env: VariableName | None = None
    """The environment variable with the key; null for a server that wants none."""
    headers: dict[str, str] = {}
    """Extra request headers; never keys, which come from the environment."""
    concurrency: Annotated[int, Field(ge=1)] | None = None
    """Requests that may be under way at once; null sets no limit."""
    requests_per_minute: Annotated[float, Field(gt=0)] | None = None
    """Requests that may be sent in a minute; null sets no limit."""


class ContestantBase(Record):
    """What every contestant has."""

    name: Name
    """How it is called everywhere; names its book, its graph and its files."""
    enabled: bool = True
    """Whether it takes part."""
    replicas: Annotated[int, Field(ge=1, le=99, exclude_if=lambda number: number == 1)] = 1
    """How often it plays, each time with a book of its own, as NAME~1, NAME~2 and so on: what differs between them is
    chance. The first one votes for all."""
    temperature: Annotated[float, Field(ge=0, le=2)] | None = None
    """Sampling temperature; null leaves it to the model."""
    max_tokens: Annotated[int, Field(gt=0)] = 8000
    """The most tokens one answer may have, thinking included. Always sent to an endpoint; a class takes its own."""
    structured: Literal[Rung, "auto"] = "auto"
    """How typed answers are asked for; auto starts at the best and steps down when the endpoint cannot."""
    concurrency: Annotated[int, Field(ge=1)] | None = None
    """Calls this contestant may have under way at once, all its replicas together; null sets no limit."""
    knowledge_cutoff: date | None = None
    """The last day the model's training data may hold, where its maker says."""


class ModelContestantBase(ContestantBase):
    """What every contestant has that asks a model."""

    desk: Annotated[DeskKind, Field(exclude_if=lambda kind: kind == "full")] = "full"
    """full: analysts, debates, trader and portfolio manager. single: one agent that is shown the same facts and
    decides in one call, which measures what the debate adds; it has a book of its own and no vote."""
    mask: Annotated[bool, Field(exclude_if=lambda mask: not mask)] = False
    """Whether its desk is shown an invented ticker, company and dates, as a control for what its model remembers:
    products, brands, people and other companies in texts, known events and price levels are not hidden. It trades the
    real ticker, and has no vote beside the same contestant without a mask."""


class EndpointContestant(ModelContestantBase):
    """A model behind an OpenAI-compatible endpoint."""

    kind: Literal["endpoint"] = "endpoint"
    """endpoint, class, rehearsal or baseline: what stands behind the contestant."""
    endpoint: str
    """A name under `endpoints`."""
    model: Annotated[str, Field(min_length=1)]
    """The model id the endpoint knows it by."""
    quick_model: Annotated[str, Field(min_length=1)] | None = None
    """The id for the analysts and debaters; null uses `model` for every role."""
    extra_body: dict[str, Any] = {}
    """Further request fields the endpoint understands, such as `provider` or `reasoning`."""


class ClassContestant(ModelContestantBase):
    """Any LangChain chat model, by import path."""

    kind: Literal["class"] = "class"
    """Needed here, as in every kind but endpoint."""
    chat_model: Annotated[str, Field(pattern=r"^[A-Za-z_][\w.]*:[A-Za-z_]\w*$")]
    """`package.module:ClassName`."""
    arguments: dict[str, Any] = {}
    """Keyword arguments of the class; keys belong in the environment."""


class RehearsalContestant(ModelContestantBase):
    """A rule-driven stand-in that needs no key and no network. Labelled `rehearsal` wherever it is shown."""

    kind: Literal["rehearsal"]
    """Needed here, as in every kind but endpoint."""
    style: RehearsalStyle
    """The rules it follows."""


class BaselineContestant(ContestantBase):
    """A fixed rule to measure models against: it asks no model, has no vote, and trades a book of its own."""

    kind: Literal["baseline"]
    """Needed here, as in every kind but endpoint."""
    rule: BaselineRule
    """The rule it follows; random and consensus go by how the others voted."""
    seed: int = 0
    """Of the rule random: another seed is another contestant without a clue; each replica has one of its own."""
    frequency: Annotated[float, Field(ge=0, le=1)] | None = None
    """Of the rule random: the chance of a trade on a ticker, 0 to 1; null trades as often as the others voted to."""
    fast: Annotated[int, Field(ge=2)] = 50
    """Of the rule sma_cross: sessions of the fast average; 10 suits a short history."""
    slow: Annotated[int, Field(ge=3)] = 200
    """Of the rule sma_cross: sessions of the slow average; 30 suits a short history."""

    @model_validator(mode="after")
    def _fast_is_faster(self) -> Self:
        if self.fast >= self.slow:
            raise misfit(f"the fast average has {self.fast} sessions and the slow one {self.slow}", "fast")
        return self

    @model_validator(mode="after")
    def _only_chance_differs_from_itself(self) -> Self:
        if self.replicas > 1 and self.rule != "random":
            raise misfit(
                f"the baseline {self.name} follows the rule {self.rule}, which decides the same every time: replicas "
                "are for models, and for the rule random",
                "replicas",
            )
        return self


Contestant = Annotated[
    Annotated[EndpointContestant, Tag("endpoint")]
    | Annotated[ClassContestant, Tag("class")]
    | Annotated[RehearsalContestant, Tag("rehearsal")]
    | Annotated[BaselineContestant, Tag("baseline")],
    by_kind("contestant", ("endpoint", "class", "rehearsal", "baseline")),
]


ModelContestant = EndpointContestant | ClassContestant | RehearsalContestant
"""A contestant that asks a model."""


def replicas_of(contestant: Contestant) -> Iterator[Contestant]:
    """The contestant itself where it plays once, else its replicas; of a random one each with a seed of its own."""
    if contestant.replicas == 1:
        yield contestant
        return
    for number in range(1, contestant.replicas + 1):
        own: dict[str, object] = {"name": replica_name(contestant.name, number)}
        if isinstance(contestant, BaselineContestant):
            # Hashed, so that two contestants with neighbouring seeds have no replica in common.
            own["seed"] = int(content_hash({"seed": contestant.seed, "replica": number})[:12], 16)
        yield contestant.model_copy(update=own)
