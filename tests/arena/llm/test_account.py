"""The account, through purses: reservations are waited for, others' too, and no cap is ever passed."""

import asyncio
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from arena.errors import ModelError
from arena.llm.purse import spending_for
from arena.records.spending import Scope, Spending
from tests.arena.llm.purses import DAY, NOW, Memory, caps, purse


def test_a_request_waits_for_reservations_that_may_come_back():
    account = caps(season="0.03")
    order = []

    async def slow(one):
        passage = await one.admit("m", 1000, 1000)
        order.append("slow asks")
        await asyncio.sleep(0.05)
        passage.settle(Decimal("0.001"))
        order.append("slow is through")

    async def waiting(one):
        await asyncio.sleep(0.01)
        (await one.admit("m", 1000, 1000)).settle(Decimal("0.001"))
        order.append("the other passed")

    async def both():
        await asyncio.gather(slow(purse(account, "a")), waiting(purse(account, "b")))

    asyncio.run(both())
    assert order == ["slow asks", "slow is through", "the other passed"]


def test_one_that_waits_is_refused_once_the_money_is_gone():
    account = caps(season="0.03")

    async def spend(one, cost):
        (await one.admit("m", 1000, 1000)).settle(cost)

    async def both():
        return await asyncio.gather(
            spend(purse(account, "a"), Decimal("0.02")), spend(purse(account, "b"), None), return_exceptions=True
        )

    passed, refused = asyncio.run(both())
    assert passed is None
    assert "$0.02 has been spent" in str(refused)


def test_a_deadline_ends_the_wait_and_leaves_nothing_behind():
    account = caps(season="0.03")

    async def wait():
        held = await purse(account).admit("m", 1000, 1000)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.02):
                await purse(account).admit("m", 1000, 1000)
        held.settle(Decimal("0.001"))
        (await purse(account).admit("m", 1000, 1000)).settle(Decimal("0.001"))

    asyncio.run(wait())
    assert account.spent(Scope("season", season="main")) == Decimal("0.002")


def test_it_serves_event_loops_in_several_threads_at_once():
    account = caps(season="1000", round="0.05")

    async def spend():
        for _ in range(50):
            (await purse(account).admit("m", 1000, 1000)).settle(Decimal("0.0001"))

    async def threads():
        await asyncio.gather(*(asyncio.to_thread(asyncio.run, spend()) for _ in range(6)))

    asyncio.run(threads())
    assert account.spent(Scope("season", season="main")) == Decimal("0.03")


class Crowded(Memory):
    """A book at which others were quicker: each look tells what one more of them has done."""

    def __init__(self, account, *news):
        super().__init__()
        self.account = account
        self.news = list(news)

    async def reserve(self, spending):
        return self.account.holds(spending) and await super().reserve(spending)

    async def look(self):
        if self.news:
            self.account.learn(*self.news.pop(0))


def others(dollars, number="o"):
    return Spending(id=number, at=NOW, season="else", session=DAY, contestant="x", dollars=dollars, known=False)


def test_what_others_have_reserved_is_waited_for_and_room_they_leave_is_taken():
    account = caps(day="0.05")
    book = Crowded(account, ([others(Decimal("0.01"))], []))
    account.bring(Scope("day", day=NOW.date()), Decimal("0.01"))
    account.learn([], [others(Decimal("0.03"))])

    async def pay():
        (await purse(account, book=book).admit("m", 1000, 1000)).settle(Decimal("0.02"))

    asyncio.run(pay())
    assert account.spent(Scope("day", day=NOW.date())) == Decimal("0.04")
    assert book.news == []


def test_where_others_have_settled_too_much_one_that_waits_for_them_is_refused():
    account = caps(day="0.05")
    book = Crowded(account, ([], [others(Decimal("0.035"))]), ([others(Decimal("0.04"))], []))
    account.bring(Scope("day", day=NOW.date()), Decimal(0))
    account.learn([], [others(Decimal("0.04"))])
    with pytest.raises(ModelError, match=r"\$0\.04 has been spent"):
        asyncio.run(purse(account, book=book).admit("m", 1000, 1000))
    assert book.entries == {}


def test_the_last_dollar_goes_to_whoever_wrote_it_down_first_and_the_other_gives_way():
    account = caps(day="0.03")
    account.bring(Scope("day", day=NOW.date()), Decimal(0))

    class Quicker(Crowded):
        async def reserve(self, spending):
            # Between the account's yes and the writing somebody else has taken the room.
            self.account.learn([], [others(Decimal("0.02"))] if self.news else [])
            return await super().reserve(spending)

    book = Quicker(account, ([others(Decimal("0.001"))], []))

    async def pay():
        (await purse(account, book=book).admit("m", 1000, 1000)).settle(Decimal("0.002"))

    asyncio.run(pay())
    assert account.spent(Scope("day", day=NOW.date())) == Decimal("0.003")
    assert [entry.dollars for entry in book.entries.values()] == [Decimal("0.002")]


def test_a_day_is_one_of_utc_wherever_the_clock_stands():
    tokyo = datetime(2025, 11, 4, 3, tzinfo=timezone(timedelta(hours=9)))
    assert others(Decimal(1)).model_copy(update={"at": tokyo}).scopes[-1].day == date(2025, 11, 3)


calls = st.lists(
    st.tuples(
        st.sampled_from("abc"),
        st.integers(0, 6000),  # tokens it may take
        st.integers(0, 100),  # percent of them it takes; below ten nobody tells
        st.booleans(),  # whether it was refused by the server
    ),
    max_size=40,
)


@examples(max_examples=60, deadline=None)
@given(calls, st.integers(1, 30), st.sampled_from(["contestant", "round", "season", "day"]))
def test_no_cap_is_ever_passed_whatever_calls_come_at_once(wanted, cents, limit):
    account, book = caps(**{limit: Decimal(cents) / 100}), Memory()
    outcomes = []

    async def one(name, tokens, percent, refused):
        with spending_for("main", DAY):
            try:
                passage = await purse(account, name, book).admit("m", 0, tokens)
            except ModelError as error:
                outcomes.append(error.reason)
                return
            await asyncio.sleep(percent / 100_000)
            if refused:
                passage.release()
            else:
                passage.settle(None if percent < 10 else Decimal(tokens) * percent / 100 / 100_000)
            outcomes.append("passed")

    async def all_at_once():
        await asyncio.gather(*(one(*call) for call in wanted))

    asyncio.run(all_at_once())
    assert len(outcomes) == len(wanted)
    assert set(outcomes) <= {"passed", "budget"}
    cap = Decimal(cents) / 100
    if limit == "contestant":
        for name in "abc":
            spent = sum((e.dollars for e in book.entries.values() if e.contestant == name), Decimal(0))
            assert spent <= cap
    else:
        assert book.dollars <= cap
        assert account.spent(Scope("season", season="main")) == book.dollars
