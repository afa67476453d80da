"""ArenaConfig: every setting of an arena, frozen. Field docstrings are the reference of the YAML file.

A setting that is not here does not exist: unknown keys are refused when a file is read.
"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Discriminator, Field, Tag, field_validator, model_validator
from pydantic_core import PydanticCustomError

from arena.config.kinds import Name, Seconds, VariableName
from arena.config.sinks import NotifySettings, OutboxSettings, SupabaseSettings
from arena.records.base import Money, Record, content_hash, plain
from arena.records.chat import Rung
from arena.records.desk import AnalystName
from arena.records.market import SectionName
from arena.records.replica import replica_name
from arena.records.terms import Margin, MarginRatio, Rate, Terms
from arena.records.trading import FillRule

VendorName = Literal["yahoo", "alpha_vantage", "stocktwits", "reddit", "files", "simulated"]
BaselineRule = Literal[
    "buy_and_hold", "equal_weight", "random", "macd", "sma_cross", "kdj_rsi", "zero_mean_reversion", "consensus"
]
RehearsalStyle = Literal["momentum", "value", "contrarian", "cautious", "newsreader"]
DebateStyle = Literal["parallel", "turns"]
DeskKind = Literal["full", "single"]

BasisPoints = Annotated[Decimal, Field(ge=0, le=10_000), AfterValidator(plain)]
"""Hundredths of a percent."""


def _misfit(message: str, *at: str | int) -> PydanticCustomError:
    """A value that does not fit the others; `at` leads from the record to it, so that a file's line can be named."""
    return PydanticCustomError("misfit", "{message}", {"message": message, "at": at})


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

    base_url: Annotated[str, Field(pattern=r"^https?://")]
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
            raise _misfit(f"the fast average has {self.fast} sessions and the slow one {self.slow}", "fast")
        return self

    @model_validator(mode="after")
    def _only_chance_differs_from_itself(self) -> Self:
        if self.replicas > 1 and self.rule != "random":
            raise _misfit(
                f"the baseline {self.name} follows the rule {self.rule}, which decides the same every time: replicas "
                "are for models, and for the rule random",
                "replicas",
            )
        return self


def _contestant_kind(value: object) -> str:
    kind = value.get("kind", "endpoint") if isinstance(value, dict) else getattr(value, "kind", "endpoint")
    return str(kind)


Contestant = Annotated[
    Annotated[EndpointContestant, Tag("endpoint")]
    | Annotated[ClassContestant, Tag("class")]
    | Annotated[RehearsalContestant, Tag("rehearsal")]
    | Annotated[BaselineContestant, Tag("baseline")],
    Discriminator(
        _contestant_kind,
        custom_error_type="contestant_kind",
        custom_error_message="kind must be endpoint, class, rehearsal or baseline",
    ),
]


ModelContestant = EndpointContestant | ClassContestant | RehearsalContestant
"""A contestant that asks a model."""


def _replicas(contestant: Contestant) -> Iterator[Contestant]:
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


class DebateSettings(Record):
    """How a debate is held."""

    rounds: Annotated[int, Field(ge=0, le=10)] = 1
    """How often every side speaks; 0 leaves the debate out."""
    style: DebateStyle = "parallel"
    """parallel: all sides speak at once and read each other from the second round on; turns: one after the other."""


class DeskSettings(Record):
    """The desk every contestant gets."""

    analysts: tuple[AnalystName, ...] = ("market", "news", "fundamentals", "social")
    """Who reports, at least one."""
    tool_turns: Annotated[int, Field(ge=0, le=50)] = 4
    """How often an analyst may ask its tools before it must report."""
    debate: DebateSettings = DebateSettings()
    """Bull against bear."""
    risk: DebateSettings = DebateSettings()
    """Aggressive, conservative and neutral."""

    @field_validator("analysts")
    @classmethod
    def _distinct_and_some(cls, analysts: tuple[AnalystName, ...]) -> tuple[AnalystName, ...]:
        if not analysts or len(set(analysts)) != len(analysts):
            raise ValueError("name at least one analyst, and each only once")
        return analysts


class FilesSettings(Record):
    """The `files` vendor."""

    folder: Path
    """Where the files are; a relative path counts from the current folder."""


class SimulatedSettings(Record):
    """The `simulated` vendor."""

    seed: int = 7
    """Another seed is another market."""


class AlphaVantageSettings(Record):
    """The `alpha_vantage` vendor."""

    api_key_env: VariableName = "ALPHAVANTAGE_API_KEY"
    """The environment variable with the key."""
    base_url: Annotated[str, Field(pattern=r"^https?://")] = "https://www.alphavantage.co/query"
    """Where it is asked."""
    daily_limit: Annotated[int, Field(ge=1)] | None = 25
    """Requests the key may send in a day, a second apart; null for a premium key: neither counted nor slowed."""


class StocktwitsSettings(Record):
    """The `stocktwits` vendor: posts of the present."""

    base_url: Annotated[str, Field(pattern=r"^https?://")] = "https://api.stocktwits.com/api/2"
    """Where it is asked."""


class RedditSettings(Record):
    """The `reddit` vendor: posts of the present."""

    base_url: Annotated[str, Field(pattern=r"^https?://")] = "https://www.reddit.com"
    """Where it is asked."""
    subreddits: Annotated[tuple[Annotated[str, Field(pattern=r"^[A-Za-z0-9_]{2,32}$")], ...], Field(min_length=1)] = (
        "stocks",
        "wallstreetbets",
        "investing",
    )
    """Where posts are looked for, a request each."""


class MarketSettings(Record):
    """Where facts come from and which must be there."""

    vendors: Annotated[tuple[VendorName, ...], Field(min_length=1)] = ("yahoo", "alpha_vantage")
    """Asked in this order, for each section, until one answers."""
    chains: dict[SectionName, Annotated[tuple[VendorName, ...], Field(min_length=1)]] = {}
    """Other vendors for single sections, such as `posts: [stocktwits, reddit]`; asked in their order."""
    require: tuple[SectionName, ...] = ("prices",)
    """Sections without which no desk is started."""
    sessions: Annotated[int, Field(ge=1, le=2000)] = 260
    """How many sessions of prices a snapshot holds at most; indicators want 150."""
    news_days: Annotated[int, Field(ge=1, le=365)] = 14
    """How many days back news and social sentiment go."""
    timeout: Seconds = 30.0
    """Seconds one vendor may take over one section."""
    cache: bool = True
    """Whether vendors' answers are kept in the home folder, so that nobody asks the same twice."""
    breaker_failures: Annotated[int, Field(ge=1)] = 8
    """Failures in a row after which a vendor counts as down."""
    breaker_seconds: Seconds = 30.0
    """How long a vendor that is down is left alone before it is tried once more."""
    files: FilesSettings | None = None
    simulated: SimulatedSettings = SimulatedSettings()
    alpha_vantage: AlphaVantageSettings = AlphaVantageSettings()
    stocktwits: StocktwitsSettings = StocktwitsSettings()
    reddit: RedditSettings = RedditSettings()

    @property
    def named(self) -> tuple[VendorName, ...]:
        """Every vendor that is asked anything, those for all sections first."""
        return tuple(dict.fromkeys((*self.vendors, *(name for chain in self.chains.values() for name in chain))))

    @model_validator(mode="after")
    def _vendors_are_set_up(self) -> Self:
        named = self.named
        if "files" in named and self.files is None:
            raise _misfit("the vendor files needs market.files.folder", "vendors")
        if "simulated" in named and len(named) > 1:
            raise _misfit("simulated stands alone: invented facts never fill the gaps of real ones", "vendors")
        if any(len(set(chain)) != len(chain) for chain in (self.vendors, *self.chains.values())):
            raise _misfit("name each vendor only once", "vendors")
        return self


class TradingSettings(Record):
    """How decisions become trades."""

    start_cash: Annotated[Money, Field(gt=0)] = Decimal(10_000)
    """Dollars in every contestant's book at the start."""
    fill: FillRule = "next_open"
    """The price that fills an order; same_close is optimistic and labelled so."""
    position_limit: Annotated[Decimal, Field(gt=0, le=1), AfterValidator(plain)] = Decimal(1)
    """The most of its equity a contestant may hold, or be short by, in one ticker, 0 to 1."""
    slippage_bps: BasisPoints = Decimal(0)
    """Lost to the spread on every fill, hundredths of a percent of its value."""
    commission_bps: BasisPoints = Decimal(0)
    """Commission on every fill, hundredths of a percent of its value."""
    fractional: bool = False
    """Whether books may hold parts of a share, to six decimals. Like the cash at the start, this and what follows
    holds for a book from its opening on."""
    short_selling: bool = False
    """Whether SELL without shares sells short, by the fraction of what margin allows, and BUY then covers."""
    initial_margin: Annotated[MarginRatio, Field(gt=1)] = Decimal("1.5")
    """Cash that a book must have when it opens a position, for each dollar of its shorts: Regulation T's 150%."""
    maintenance_margin: MarginRatio = Decimal("1.3")
    """Cash it must have at every close, for each dollar of its shorts, or all of them are covered at the next open:
    130% by FINRA's rule 4210."""
    borrow_rate: Rate = Decimal(0)
    """What a short costs a year, of its value at each close: 0.02 is 2%, by calendar days over 365."""
    cash_rate: Rate = Decimal(0)
    """What cash earns a year, by its amount at each close: 0.04 is 4%, by calendar days over 365."""

    @model_validator(mode="after")
    def _maintenance_asks_for_less(self) -> Self:
        if self.maintenance_margin > self.initial_margin:
            raise _misfit(
                f"the maintenance margin of {self.maintenance_margin} is above the initial one of "
                f"{self.initial_margin}: every short sale would end in a margin call",
                "maintenance_margin",
            )
        return self

    @property
    def terms(self) -> Terms:
        """What new books are opened under."""
        margin = Margin(initial=self.initial_margin, maintenance=self.maintenance_margin, borrow_rate=self.borrow_rate)
        return Terms(
            fractional=self.fractional, margin=margin if self.short_selling else None, cash_rate=self.cash_rate
        )

    @property
    def unhashed(self) -> set[str]:
        """Settings that configurations were hashed without, where they still are as then."""
        later = ("fractional", "short_selling", "initial_margin", "maintenance_margin", "borrow_rate", "cash_rate")
        return {name for name in later if getattr(self, name) == type(self).model_fields[name].default}


class MemorySettings(Record):
    """What a portfolio manager or single agent is shown of its own past decisions on the ticker."""

    enabled: bool = True
    """Whether it is shown any. Off, nothing is remembered and no reflection is asked for."""
    horizon: Annotated[int, Field(ge=1, le=250)] = 5
    """Sessions after which a decision is judged by the price, and shown from then on."""
    lessons: Annotated[int, Field(ge=1, le=50)] = 5
    """How many of them are shown, the newest."""


class LimitSettings(Record):
    """How much runs at once, and for how long."""

    desks: Annotated[int, Field(ge=1)] = 100
    """Desks that run at the same time."""
    call_seconds: Seconds = 180.0
    """The longest one model call may take, retries included."""
    desk_seconds: Seconds = 1200.0
    """The longest one desk may take."""
    round_seconds: Seconds | None = None
    """The longest one round may take; null lets every desk have its own time."""
    breaker_failures: Annotated[int, Field(ge=1)] = 8
    """Failures in a row, over all contestants, after which an endpoint counts as down."""
    breaker_seconds: Seconds = 30.0
    """How long an endpoint that is down is left alone before it is tried once more."""
    ahead: Annotated[int, Field(ge=0, le=100)] = 2
    """Rounds of a season whose research runs ahead of the one being played; 0 lets each wait for the one before."""
    stream: bool = False
    """Whether the answers of endpoints are streamed, so that the live view shows what is being said."""
    retries: Annotated[int, Field(ge=0, le=20)] = 3
    """How often a call that can succeed is tried again."""
    retry_delay: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 1.0
    """Seconds before the first retry; doubles with each, with jitter, unless the server names a wait."""


class BudgetSettings(Record):
    """The most that may be spent on model calls, in dollars; null sets no limit.

    What a call may cost at most is reserved before it is sent. A desk that meets a limit abstains.
    """

    call: Annotated[Money, Field(gt=0)] | None = None
    """One call."""
    contestant: Annotated[Money, Field(gt=0)] | None = None
    """One contestant in one round; each of its replicas has as much."""
    round: Annotated[Money, Field(gt=0)] | None = None
    """One round, all contestants together."""
    season: Annotated[Money, Field(gt=0)] | None = None
    """The whole season."""
    day: Annotated[Money, Field(gt=0)] | None = None
    """One day, midnight to midnight UTC."""


class LocalExecutor(Record):
    """Desks run in this process."""

    kind: Literal["local"] = "local"
    """local or langgraph: where desks run."""


class LangGraphExecutor(Record):
    """Desks run behind a LangGraph server that `arena studio` started with the same contestants, code and prompts.

    Keys, and limits of endpoints, are the server's; budgets, facts, books and records stay here.
    """

    kind: Literal["langgraph"]
    """Needed here, as in every kind but local."""
    url: Annotated[str, Field(pattern=r"^https?://")]
    """Where the server listens, such as http://127.0.0.1:2024."""
    api_key_env: VariableName | None = None
    """The environment variable with the server's key; null for one that wants none."""


def _executor_kind(value: object) -> str:
    kind = value.get("kind", "local") if isinstance(value, dict) else getattr(value, "kind", "local")
    return str(kind)


Executor = Annotated[
    Annotated[LocalExecutor, Tag("local")] | Annotated[LangGraphExecutor, Tag("langgraph")],
    Discriminator(
        _executor_kind, custom_error_type="executor_kind", custom_error_message="kind must be local or langgraph"
    ),
]


class ArenaConfig(Record):
    """Everything an arena is set up with."""

    season: Name = "main"
    """The season rounds belong to; each season has its own books."""
    as_of: date | None = None
    """The session to decide at when the command names none; null is the last completed one."""
    home: Path = Path("arena-data")
    """Where the store, the archive and the snapshots live; a relative path counts from the current folder."""
    endpoints: dict[str, Endpoint] = {}
    """Model servers by name."""
    contestants: tuple[Contestant, ...]
    """Who competes."""
    desk: DeskSettings = DeskSettings()
    market: MarketSettings = MarketSettings()
    trading: TradingSettings = TradingSettings()
    memory: MemorySettings = MemorySettings()
    limits: LimitSettings = LimitSettings()
    prices: dict[str, TokenPrices] = {}
    """What models cost, by model id, where the endpoint does not tell a call's cost itself."""
    budget: BudgetSettings = BudgetSettings()
    executor: Executor = LocalExecutor()
    """Where desks run."""
    notify: NotifySettings = NotifySettings()
    supabase: SupabaseSettings | None = None
    outbox: OutboxSettings = OutboxSettings()

    @model_validator(mode="after")
    def _names_fit_together(self) -> Self:
        names = [contestant.name.lower() for contestant in self.contestants]
        for place, contestant in enumerate(self.contestants):
            if names.index(names[place]) != place:
                raise _misfit(
                    f"two contestants are called {contestant.name}; names must differ in more than case",
                    *("contestants", place, "name"),
                )
            if isinstance(contestant, EndpointContestant) and contestant.endpoint not in self.endpoints:
                known = ", ".join(sorted(self.endpoints)) or "none"
                raise _misfit(
                    f"contestant {contestant.name} names the endpoint {contestant.endpoint!r}; configured are: {known}",
                    *("contestants", place, "endpoint"),
                )
        if not self.enabled:
            raise _misfit("no contestant is enabled", "contestants")
        return self

    @property
    def players(self) -> "tuple[Contestant, ...]":
        """Everybody who may play, in the order of the file: each contestant, or in its place its replicas."""
        return tuple(player for contestant in self.contestants for player in _replicas(contestant))

    @property
    def enabled(self) -> "tuple[Contestant, ...]":
        """The players that take part, in order of name."""
        return tuple(sorted((c for c in self.players if c.enabled), key=lambda c: c.name))

    @property
    def with_desks(self) -> "tuple[ModelContestant, ...]":
        """The players that ask a model, in the order of the file."""
        return tuple(c for c in self.players if not isinstance(c, BaselineContestant))

    @property
    def hash(self) -> str:
        """The content hash of what can change a result: not where, how or when things are done, kept or sent.

        What a contestant plays as is in it where it is not what every contestant was before there was a choice.
        """
        elsewhere = dict.fromkeys(("home", "as_of", "season", "executor", "notify", "supabase", "outbox"), True)
        content = self.model_dump(mode="json", exclude={**elsewhere, "limits": {"stream", "ahead"}})
        for setting in self.trading.unhashed:
            del content["trading"][setting]
        if not self.memory.enabled:
            # What would be remembered changes nothing then: these are the settings of before there was a memory.
            del content["memory"]
        return content_hash(content)
