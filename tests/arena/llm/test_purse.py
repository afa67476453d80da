"""The purse: reserve, refuse, settle once, and write down what was spent where there is no limit."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from arena.config.contestants import TokenPrices
from arena.errors import ModelError
from arena.llm.prices import PriceList
from arena.llm.purse import Purse, spending_for
from arena.records.spending import Scope
from tests.arena.llm.purses import DAY, NOW, PRICES, Memory, caps, purse


class Refusing(Memory):
    async def reserve(self, spending):
        raise OSError("the disk is full")


def test_what_a_call_may_cost_is_reserved_and_what_it_cost_is_counted():
    account, book = caps(season="1"), Memory()

    async def pay():
        passage = await purse(account, book=book).admit("m", 1000, 2000)
        (reserved,) = book.entries.values()
        passage.settle(Decimal("0.012"))
        return reserved

    reserved = asyncio.run(pay())
    assert (reserved.dollars, reserved.known) == (Decimal("0.03"), False)
    (settled,) = book.entries.values()
    assert (settled.dollars, settled.known, settled.contestant) == (Decimal("0.012"), True, "a")
    assert account.spent(Scope("season", season="main")) == Decimal("0.012")


def test_a_cost_nobody_told_counts_as_the_most_it_could_be():
    account, book = caps(season="1"), Memory()

    async def pay():
        (await purse(account, book=book).admit("m", 1000, 2000)).settle(None)

    asyncio.run(pay())
    (settled,) = book.entries.values()
    assert (settled.dollars, settled.known) == (Decimal("0.03"), False)
    assert account.spent(Scope("season", season="main")) == Decimal("0.03")


def test_what_was_released_costs_nothing_and_is_struck_out():
    account, book = caps(season="1"), Memory()

    async def pay():
        (await purse(account, book=book).admit("m", 1000, 2000)).release()

    asyncio.run(pay())
    assert book.entries == {}
    assert account.spent(Scope("season", season="main")) == 0


def test_a_passage_is_closed_exactly_once():
    async def twice():
        passage = await purse(caps(season="1")).admit("m", 1, 1)
        passage.release()
        passage.settle(None)

    with pytest.raises(RuntimeError, match="exactly once"):
        asyncio.run(twice())


@pytest.mark.parametrize(
    ("limit", "said"),
    [
        ("contestant", "the budget of $0.1 for one contestant in one round leaves no room: $0.08 has been spent"),
        ("round", "the budget of $0.1 for one round leaves no room: $0.08 has been spent"),
        ("season", "the budget of $0.1 for the season leaves no room: $0.08 has been spent"),
        ("day", "the budget of $0.1 for one day leaves no room: $0.08 has been spent"),
    ],
)
def test_where_what_is_spent_leaves_no_room_a_request_is_refused(limit, said):
    account = caps(**{limit: "0.1"})

    async def spend():
        with spending_for("main", DAY):
            one = purse(account)
            (await one.admit("m", 4000, 4000)).settle(Decimal("0.08"))
            (await one.admit("m", 1000, 1000)).release()  # it fits to the cent
            await one.admit("m", 1000, 1001)

    with pytest.raises(ModelError, match="may cost up to") as refusal:
        asyncio.run(spend())
    assert refusal.value.reason == "budget"
    assert str(refusal.value).startswith(said)
    assert str(refusal.value).endswith(
        "this request may cost up to $0.02001 (at most 1,000 prompt tokens, one for each byte sent, at $10 a million, "
        "and max_tokens of 1,001 at $10 a million, as the configuration says); "
        f"raise budget.{limit}, or lower max_tokens"
    )


def test_one_call_has_a_cap_of_its_own():
    async def spend():
        await purse(caps(call="0.1")).admit("m", 9000, 1001)

    with pytest.raises(ModelError, match=r"of \$0\.1 for one call leaves no room: .* to m may cost up to \$0\.10001"):
        asyncio.run(spend())


def test_a_model_without_a_price_is_refused_where_there_is_a_cap_and_passes_where_there_is_none():
    async def ask(account, book):
        return await purse(account, book=book).admit("unheard-of", 1, 1)

    with pytest.raises(ModelError, match=r"no price is known for unheard-of.*`prices`") as refusal:
        asyncio.run(ask(caps(day="5"), Memory()))
    assert refusal.value.reason == "budget"
    book = Memory()
    asyncio.run(ask(caps(), book)).settle(None)
    (settled,) = book.entries.values()
    assert (settled.dollars, settled.known) == (Decimal(0), False)


def test_without_any_limit_nothing_is_reserved_and_what_was_spent_is_written_down():
    account, book = caps(), Memory()
    at = iter([NOW, NOW + timedelta(seconds=1)])

    async def pay():
        with spending_for("trial", DAY):
            passage = await purse(account, book=book, clock=lambda: next(at)).admit("m", 1000, 2000)
        assert book.entries == {}
        passage.settle(Decimal("0.012"))

    asyncio.run(pay())
    (settled,) = book.entries.values()
    assert (settled.dollars, settled.known, settled.at) == (Decimal("0.012"), True, NOW)
    assert (settled.season, settled.session, settled.contestant) == ("trial", DAY, "a")


@pytest.mark.parametrize("told", [None, Decimal(-1)])
def test_without_any_limit_a_cost_nobody_told_counts_as_the_most_it_could_be(told):
    account, book = caps(), Memory()

    async def pay():
        (await purse(account, book=book).admit("m", 1000, 2000)).settle(told)

    asyncio.run(pay())
    (settled,) = book.entries.values()
    assert (settled.dollars, settled.known) == (Decimal("0.03"), False)


def test_without_any_limit_what_was_released_is_no_entry_and_a_passage_is_closed_once():
    account, book = caps(), Memory()

    async def pay():
        passage = await purse(account, book=book).admit("m", 1000, 2000)
        passage.release()
        with pytest.raises(RuntimeError, match="exactly once"):
            passage.settle(None)

    asyncio.run(pay())
    assert book.entries == {}


def test_without_any_limit_a_priced_request_that_cost_nothing_is_an_entry_and_a_free_one_is_none():
    book = Memory()
    free = PriceList({"m": TokenPrices(prompt=Decimal(0), completion=Decimal(0))})

    async def pay(prices):
        payer = Purse("a", "main", account=caps(), prices=prices, book=book, clock=lambda: NOW)
        (await payer.admit("m", 1000, 2000)).settle(Decimal(0))

    asyncio.run(pay(free))
    assert book.entries == {}
    asyncio.run(pay(PRICES))
    (settled,) = book.entries.values()
    assert (settled.dollars, settled.known) == (Decimal(0), True)


def test_contestants_and_rounds_have_their_own_and_share_the_season():
    account = caps(contestant="0.02", season="0.05")

    async def spend(name, day):
        with spending_for("main", day):
            (await purse(account, name).admit("m", 1000, 1000)).settle(Decimal("0.02"))

    asyncio.run(spend("a", DAY))
    with pytest.raises(ModelError, match="one contestant in one round"):
        asyncio.run(spend("a", DAY))
    asyncio.run(spend("b", DAY))
    with pytest.raises(ModelError, match="for the season"):
        asyncio.run(spend("a", date(2025, 10, 15)))


def test_a_new_day_has_a_new_budget():
    account, today = caps(day="0.02"), [NOW]
    one = purse(account, clock=lambda: today[0])

    async def spend():
        (await one.admit("m", 1000, 1000)).settle(Decimal("0.02"))

    asyncio.run(spend())
    with pytest.raises(ModelError, match="one day"):
        asyncio.run(spend())
    today[0] = datetime(2025, 11, 4, tzinfo=UTC)
    asyncio.run(spend())


def test_a_reservation_that_cannot_be_written_down_lets_nothing_pass_and_holds_nothing_back():
    account = caps(season="0.03")

    async def ask():
        with pytest.raises(OSError, match="disk is full"):
            await purse(account, book=Refusing()).admit("m", 1000, 1000)
        await purse(account).admit("m", 1000, 2000)

    asyncio.run(ask())
