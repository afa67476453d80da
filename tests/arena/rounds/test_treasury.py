"""The treasury: prices at hand, spending that survives the process, and a budget that rounds obey."""

import asyncio
import os
import signal
import subprocess
import sys
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from arena.app import Arena
from arena.config.contestants import Endpoint
from arena.config.model import ArenaConfig
from arena.errors import ConfigError, ModelError
from arena.llm import catalogue
from arena.llm.purse import spending_for
from arena.rounds.shelf import Shelf
from arena.rounds.treasury import Treasury
from arena.store import Store
from bench.competent_model import competent_model
from bench.model_server import ModelServer
from tests.conftest import PROJECT
from tests.loopback import Reply, loopback

pytestmark = pytest.mark.slow

NOW = datetime(2025, 11, 3, 12, tzinfo=UTC)
DAY = date(2025, 10, 14)
PRICED = {"maker/m": {"prompt": 10, "completion": 10}}  # a cent a thousand tokens
LISTED = Reply(body={"data": [{"id": "maker/m", "pricing": {"prompt": "0.00001", "completion": "0.00001"}}]})


def config(home, base_url="http://127.0.0.1:9/v1", **settings):
    return ArenaConfig.model_validate(
        {
            "home": home,
            "endpoints": {"e": {"base_url": base_url}},
            "contestants": [{"name": "m", "endpoint": "e", "model": "maker/m"}],
            "market": {"vendors": ["simulated"]},
            **settings,
        }
    )


def with_treasury(settings, work, clock=lambda: NOW):
    """Run `work` on a treasury, as one process would, and close its store."""
    shelf = Shelf(settings.home)

    async def run():
        treasury = Treasury(settings, shelf, {}, clock)
        answer = await work(treasury)
        await treasury.written()
        return answer

    try:
        return asyncio.run(run())
    finally:
        shelf.close()


def paying(settings, cost, tokens=1000):
    async def pay(treasury):
        await treasury.open(settings.enabled)
        with spending_for("main", DAY):
            passage = await treasury.toll(settings.enabled[0]).admit("maker/m", 0, tokens)
            passage.settle(None if cost is None else Decimal(cost))

    return pay


@pytest.mark.parametrize("limit", ["contestant", "round", "season", "day"])
def test_what_an_earlier_process_spent_counts(tmp_path, limit):
    settings = config(tmp_path, prices=PRICED, budget={limit: "0.03"})
    with_treasury(settings, paying(settings, "0.025"))
    with Store.open_existing(tmp_path) as store:
        assert store.spent(season="main", session=DAY, contestant="m") == Decimal("0.025")
    with pytest.raises(ModelError, match=r"\$0\.025 has been spent"):
        with_treasury(settings, paying(settings, "0.001"))


def test_yesterdays_spending_does_not_count_today(tmp_path):
    settings = config(tmp_path, prices=PRICED, budget={"day": "0.03"})
    with_treasury(settings, paying(settings, "0.025"))
    with_treasury(settings, paying(settings, "0.025"), clock=lambda: datetime(2025, 11, 4, tzinfo=UTC))


@pytest.mark.parametrize(
    ("budget", "spent", "held_back"),
    [
        ({}, "9", ""),
        ({"call": 1, "contestant": 1, "round": 1}, "0.9", ""),
        ({"season": "0.04"}, "0.019", ""),
        ({"season": "0.04"}, "0.02", "budget.season"),
        ({"season": 9, "day": "0.04"}, "0.02", "budget.day"),
    ],
)
def test_later_rounds_are_held_back_by_the_half_of_a_cap_they_share(tmp_path, budget, spent, held_back):
    settings = config(tmp_path, prices=PRICED, budget=budget)
    with_treasury(settings, paying(settings, spent))
    assert with_treasury(settings, Treasury.held_back) == held_back


def test_what_is_still_under_way_and_what_other_days_and_seasons_spent_holds_nothing_back(tmp_path):
    settings = config(tmp_path, prices=PRICED, budget={"season": "0.04", "day": "0.04"})
    yesterday = lambda: datetime(2025, 11, 2, 23, tzinfo=UTC)  # noqa: E731
    with_treasury(settings.model_copy(update={"season": "other"}), paying(settings, "0.01"), clock=yesterday)

    async def under_way(treasury):
        await treasury.open(settings.enabled)
        with spending_for("main", DAY):
            await treasury.toll(settings.enabled[0]).admit("maker/m", 0, 3000)
        return await treasury.held_back()

    assert with_treasury(settings, under_way) == ""


def test_spending_is_remembered_before_anybody_sets_a_budget(tmp_path):
    settings = config(tmp_path)
    with_treasury(settings, paying(settings, "0.025"))
    capped = config(tmp_path, prices=PRICED, budget={"season": "0.03"})
    with pytest.raises(ModelError, match=r"\$0\.025 has been spent"):
        with_treasury(capped, paying(capped, None))


def test_a_hundred_settlements_at_once_all_arrive(tmp_path):
    settings = config(tmp_path, prices=PRICED, budget={"season": "100"})

    async def many(treasury):
        toll = treasury.toll(settings.enabled[0])

        async def one(number):
            passage = await toll.admit("maker/m", 0, 1000)
            await asyncio.sleep(number % 7 / 1000)
            if number % 10:
                passage.settle(Decimal("0.0001"))
            else:
                passage.release()

        await asyncio.gather(*(one(number) for number in range(100)))

    with_treasury(settings, many)
    with Store.open_existing(tmp_path) as store:
        assert store.spent() == Decimal("0.009")


KILLED = """
import asyncio, os, pathlib, signal, sys
from tests.arena.rounds.test_treasury import PRICED, config
from arena.rounds.shelf import Shelf
from arena.rounds.treasury import Treasury
from datetime import UTC, datetime

async def die():
    settings = config(pathlib.Path(sys.argv[1]), prices=PRICED, budget={"season": "1"})
    treasury = Treasury(settings, Shelf(settings.home), {}, lambda: datetime(2025, 11, 3, 12, tzinfo=UTC))
    await treasury.toll(settings.enabled[0]).admit("maker/m", 500, 1500)
    os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(die())
"""


def test_what_a_killed_process_had_under_way_counts_as_the_most_it_could_cost(tmp_path):
    ran = subprocess.run(
        [sys.executable, "-c", KILLED, str(tmp_path)],
        cwd=PROJECT,
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
        check=False,
    )
    assert ran.returncode == -signal.SIGKILL
    with Store.open_existing(tmp_path) as store:
        assert store.spent(season="main") == Decimal("0.02")


SPENDER = """
import asyncio, os, signal, sys
from arena.config.model import ArenaConfig
from arena.errors import ModelError
from arena.rounds.shelf import Shelf
from arena.rounds.treasury import Treasury
from datetime import UTC, datetime
from decimal import Decimal

settings, deed = ArenaConfig.model_validate_json(sys.argv[1]), sys.argv[2]

async def pay(toll, cost):
    try:
        passage = await toll.admit("maker/m", 0, 1000)
    except ModelError as error:
        return error.reason
    await asyncio.sleep(0.002)
    passage.settle(Decimal(cost))
    return "paid"

async def spend(treasury, toll):
    answers = []
    for _ in range(10):
        answers += await asyncio.gather(*(pay(toll, "0.003") for _ in range(6)))
    await treasury.written()
    print(answers.count("paid"), answers.count("budget"))

async def hold(treasury, toll):
    passages = [await toll.admit("maker/m", 0, 1000) for _ in range(20)]
    print("held", flush=True)
    sys.stdin.readline()
    if deed == "die":
        os.kill(os.getpid(), signal.SIGKILL)
    for passage in passages:
        passage.settle(Decimal("0.001"))
    await treasury.written()

shelf = Shelf(settings.home)
treasury = Treasury(settings, shelf, {}, lambda: datetime(2025, 11, 3, 12, tzinfo=UTC))
work = spend if deed == "spend" else hold
asyncio.run(work(treasury, treasury.toll(settings.enabled[0])))
shelf.close()
"""


def spender(home, season, deed):
    settings = config(home, prices=PRICED, budget={"day": "0.2"}, season=season)
    return subprocess.Popen(
        [sys.executable, "-c", SPENDER, settings.model_dump_json(), deed],
        cwd=PROJECT,
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_two_processes_at_once_stay_below_one_cap_to_the_cent(tmp_path):
    with spender(tmp_path, "spring", "spend") as one, spender(tmp_path, "autumn", "spend") as other:
        told = [[int(word) for word in process.communicate(timeout=30)[0].split()] for process in (one, other)]
    (paid, refused), (paid_there, refused_there) = told
    # A call may cost a cent, so the last $0.009 of the $0.20 cannot be had: 64 calls of $0.003 go through.
    assert paid + paid_there == 64
    assert refused + refused_there == 120 - 64
    with Store.open_existing(tmp_path) as store:
        assert store.spent() == Decimal("0.192")


@pytest.mark.parametrize("deed", ["hold", "die"])
def test_what_another_process_holds_is_waited_for_until_it_settles_or_is_no_more(tmp_path, deed):
    settings = config(tmp_path, prices=PRICED, budget={"day": "0.2"}, season="mine")

    async def wait(treasury):
        toll = treasury.toll(settings.enabled[0])
        waiting = asyncio.create_task(toll.admit("maker/m", 0, 1000))
        done, _ = await asyncio.wait([waiting], timeout=0.6)
        assert not done
        process.stdin.write("\n")
        process.stdin.flush()
        (await asyncio.wait_for(waiting, 5)).settle(Decimal("0.001"))

    with spender(tmp_path, "theirs", deed) as process:
        assert process.stdout.readline() == "held\n"
        if deed == "hold":
            with_treasury(settings, wait)
        else:
            # Twenty requests of a cent were under way when it died, and nobody will ever know what they cost.
            with pytest.raises(ModelError, match=r"for one day leaves no room: \$0\.2 has been spent"):
                with_treasury(settings, wait)
    with Store.open_existing(tmp_path) as store:
        assert store.spent() == (Decimal("0.021") if deed == "hold" else Decimal("0.2"))
    assert list((tmp_path / "spenders").iterdir()) == []


def test_two_arenas_of_one_process_hold_one_cap(tmp_path):
    one, other = (config(tmp_path, prices=PRICED, budget={"day": "0.01"}, season=name) for name in ("one", "other"))

    async def both(treasury):
        (await treasury.toll(one.enabled[0]).admit("maker/m", 0, 1000)).settle(Decimal("0.001"))
        await treasury.written()
        with pytest.raises(ModelError, match=r"\$0\.001 has been spent"):
            await asyncio.to_thread(with_treasury, other, paying(other, "0.001"))

    with_treasury(one, both)


def test_with_a_budget_the_prices_that_lack_are_fetched_once(tmp_path):
    with loopback(lambda _: LISTED) as server:
        settings = config(tmp_path, f"{server.url}/v1", budget={"round": 1})
        with_treasury(settings, paying(settings, None))
        with_treasury(settings, paying(settings, None))
        assert [request.path for request in server.requests] == ["/v1/models"]
    assert catalogue.kept(tmp_path, "e", settings.endpoints["e"]).rates().keys() == {"maker/m"}
    with Store.open_existing(tmp_path) as store:
        assert store.spent() == Decimal("0.02")


def test_without_a_budget_nothing_is_fetched(tmp_path):
    with loopback(lambda _: LISTED) as server:
        settings = config(tmp_path, f"{server.url}/v1")
        with_treasury(settings, paying(settings, "0.01"))
        assert server.requests == []


def test_prices_that_cannot_be_fetched_are_noted(tmp_path):
    settings = config(tmp_path, budget={"round": 1})

    async def opened(treasury):
        return await treasury.open(settings.enabled)

    (note,) = with_treasury(settings, opened)
    assert note.startswith("the prices of e could not be fetched: http://127.0.0.1:9/v1/models cannot be reached")


def test_what_an_endpoint_listed_is_not_another_ones_price(tmp_path):
    other = Endpoint(base_url="http://127.0.0.1:9/other")
    with loopback(lambda _: LISTED) as server:
        found = asyncio.run(catalogue.fetch(Endpoint(base_url=server.url), None, NOW))
    catalogue.keep(tmp_path, "other", found.model_copy(update={"base_url": other.base_url}))
    settings = config(tmp_path, endpoints={"e": {"base_url": "http://127.0.0.1:9/v1"}, "other": other})

    async def priced(treasury):
        await treasury.open(settings.enabled)
        there = settings.enabled[0].model_copy(update={"endpoint": "other"})
        return treasury.prices(settings.enabled[0]).of("maker/m"), treasury.prices(there).of("maker/m")

    here, there = with_treasury(settings, priced)
    assert here is None
    assert there[1] == "catalogue"


FOREIGN = "langchain_core.language_models.fake_chat_models:FakeListChatModel"


def foreign(home, **settings):
    contestant = {"name": "f", "kind": "class", "chat_model": FOREIGN, "arguments": {"responses": ["x"]}}
    return config(home, contestants=[contestant], **settings)


def test_a_chat_model_class_cannot_be_held_to_a_budget_and_nothing_is_written(tmp_path):
    with (
        Arena(foreign(tmp_path / "home", budget={"round": 1}), environ={}, clock=lambda: NOW) as arena,
        pytest.raises(ConfigError, match="contestant f: the budget cannot hold a chat model class"),
    ):
        arena.run(["NVDA"], as_of=DAY)
    assert not (tmp_path / "home").exists()


def test_a_class_that_is_said_to_cost_nothing_may_play_under_a_budget(tmp_path):
    free = {FOREIGN: {"prompt": 0, "completion": 0}}
    with Arena(foreign(tmp_path, budget={"round": 1}, prices=free), environ={}, clock=lambda: NOW) as arena:
        (chat,) = arena.run(["NVDA"], as_of=DAY).chats
    assert chat.outcome.reason == "unparseable"


def test_a_round_ends_in_abstentions_where_its_budget_does_and_the_books_say_what_the_endpoint_told(tmp_path):
    three = [{"name": name, "endpoint": "e", "model": "maker/m", "max_tokens": 1000} for name in "abc"]
    with ModelServer(competent_model) as server:
        settings = config(
            tmp_path,
            server.base_url,
            contestants=three,
            prices={"maker/m": {"prompt": 3, "completion": 15}},
            budget={"round": "0.07", "call": "0.05"},
        )
        with Arena(settings, environ={}, clock=lambda: NOW) as arena:
            chats = arena.run(["NVDA"], as_of=DAY).chats
    reasons = {chat.outcome.reason for chat in chats if chat.outcome.kind == "abstention"}
    told = sum((chat.cost.known for chat in chats), Decimal(0))
    assert reasons == {"budget"}
    assert all(
        "the budget of $0.07 for one round leaves no room" in c.outcome.detail
        for c in chats
        if c.outcome.kind != "decision"
    )
    with Store.open_existing(tmp_path) as store:
        assert store.spent(season="main", session=DAY) == told
    assert 0 < told <= Decimal("0.07")


def test_each_replica_may_spend_as_much_as_one_contestant(tmp_path):
    row = {"name": "m", "endpoint": "e", "model": "maker/m", "replicas": 2}
    settings = config(tmp_path, prices=PRICED, budget={"contestant": "0.03"}, contestants=[row])

    async def pay(treasury):
        await treasury.open(settings.enabled)
        refused = []
        with spending_for("main", DAY):
            for player in settings.enabled:
                toll = treasury.toll(player)
                (await toll.admit("maker/m", 0, 2000)).settle(Decimal("0.02"))
                with pytest.raises(ModelError, match="for one contestant in one round") as error:
                    await toll.admit("maker/m", 0, 2000)
                refused.append(error.value.reason)
        return refused

    assert with_treasury(settings, pay) == ["budget", "budget"]
    with Store.open_existing(tmp_path) as store:
        spent = [store.spent(season="main", session=DAY, contestant=f"m~{number}") for number in (1, 2)]
    assert spent == [Decimal("0.02")] * 2
