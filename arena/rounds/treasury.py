"""The treasury of an arena: prices for its models, one account for all it spends, and the books of that.

What each request reserves is written to the store before the request is sent, so that a process that
is killed forgets no money: what it had under way counts as the most it could have cost.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal

from arena.config.contestants import ClassContestant, Contestant, EndpointContestant
from arena.config.model import ArenaConfig
from arena.errors import ConfigError, ModelError
from arena.llm import catalogue
from arena.llm.account import Account
from arena.llm.prices import PriceList, Rates
from arena.llm.purse import Purse
from arena.llm.toll import FreeToll, Toll, TollHere
from arena.rounds.shelf import Shelf
from arena.rounds.spending_books import SpendingBooks


class Treasury:
    """Holds the money side of all rounds of one arena."""

    def __init__(
        self, config: ArenaConfig, shelf: Shelf, environ: Mapping[str, str], clock: Callable[[], datetime]
    ) -> None:
        self._config = config
        self._shelf = shelf
        self._environ = environ
        self._clock = clock
        self._account = Account(config.budget)
        self._books = SpendingBooks(shelf, self._account)
        self._listed: dict[str, Mapping[str, Rates]] = {}

    def toll(self, contestant: Contestant) -> Toll:
        """What each request of the contestant passes."""
        if not isinstance(contestant, EndpointContestant):
            return FreeToll()
        purse = Purse(
            contestant.name,
            self._config.season,
            account=self._account,
            prices=self.prices(contestant),
            book=self._books,
            clock=self._clock,
        )
        return TollHere(purse)

    @property
    def capped(self) -> bool:
        """Whether a budget holds anybody's requests."""
        return self._account.capped

    def prices(self, contestant: Contestant) -> PriceList:
        """What the contestant's models charge, as far as is known when it is asked."""
        endpoint = contestant.endpoint if isinstance(contestant, EndpointContestant) else ""
        return PriceList(self._config.prices, lambda: self._listed.get(endpoint, {}))

    async def open(self, contestants: Sequence[Contestant]) -> tuple[str, ...]:
        """Have the prices at hand before anything is asked; returns what a reader must know.

        With a budget set, the catalogue of an endpoint that lacks a price is fetched once. ConfigError for a
        contestant that no budget can hold.
        """
        if self._account.capped:
            self._refuse_unmetered(contestants)
        await asyncio.to_thread(self.read_prices)
        return await self._fetch_missing(contestants) if self._account.capped else ()

    async def held_back(self) -> str:
        """The cap that keeps later rounds from being run ahead, for the one at hand may need what it leaves.

        Half of it is spent, and later rounds share it with the one at hand; empty where no cap is so far used up.
        """
        midnight = self._clock().astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        caps, season = self._config.budget, self._config.season
        for name, cap, of in (("season", caps.season, {"season": season}), ("day", caps.day, {"since": midnight})):
            if cap is not None and 2 * await self._settled(**of) >= cap:
                return f"budget.{name}"
        return ""

    def written(self) -> Awaitable[object]:
        """Have all spending written, at once; awaited, it is in the store. StoreError where it cannot be written."""
        return self._books.written()

    def read_prices(self) -> None:
        """Take the prices from the catalogues that are kept."""
        for name, endpoint in self._config.endpoints.items():
            found = catalogue.kept(self._config.home, name, endpoint)
            if found is not None:
                self._listed[name] = found.rates()

    async def _settled(self, season: str | None = None, since: datetime | None = None) -> Decimal:
        spent = await self._shelf.read(lambda store: store.spent(season=season, since=since, settled=True))
        return spent or Decimal(0)

    def _refuse_unmetered(self, contestants: Sequence[Contestant]) -> None:
        for contestant in contestants:
            if not isinstance(contestant, ClassContestant):
                continue
            known = self.prices(contestant).of(contestant.chat_model)
            if known is None or not known[0].free:
                raise ConfigError(
                    f"contestant {contestant.name}: the budget cannot hold a chat model class, whose requests the "
                    f"arena does not see; leave it out, take the budget away, or, if it costs nothing, say so under "
                    f"`prices` with prompt and completion 0 for {contestant.chat_model}"
                )

    async def _fetch_missing(self, contestants: Sequence[Contestant]) -> tuple[str, ...]:
        asked = [c for c in contestants if isinstance(c, EndpointContestant)]
        lacking = {c.endpoint for c in asked if any(self.prices(c).of(model) is None for model in models_at(c))}
        return tuple(filter(None, [await self._fetch(name) for name in sorted(lacking)]))

    async def _fetch(self, name: str) -> str:
        """Why the prices could not be fetched; empty where they were."""
        endpoint = self._config.endpoints[name]
        key = self._environ.get(endpoint.api_key_env, "").strip() if endpoint.api_key_env else None
        try:
            found = await catalogue.fetch(endpoint, key, self._clock())
        except ModelError as error:
            return f"the prices of {name} could not be fetched: {error}"
        await asyncio.to_thread(catalogue.keep, self._config.home, name, found)
        self._listed[name] = found.rates()
        return ""


def models_at(contestant: EndpointContestant) -> tuple[str, ...]:
    """The model ids a contestant is asked under, each once."""
    return tuple(dict.fromkeys((contestant.model, contestant.quick_model or contestant.model)))
