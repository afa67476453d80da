"""The purse: reserve, wait, refuse, settle, and never more than the cap."""

import asyncio
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from arena.config.contestants import TokenPrices
from arena.config.running import BudgetSettings
from arena.errors import ModelError
from arena.llm.account import Account
from arena.llm.prices import PriceList
from arena.llm.purse import Purse, spending_for
from arena.records.spending import Scope, Spending

DAY = date(2025, 10, 14)
NOW = datetime(2025, 11, 3, 12, tzinfo=UTC)
# One cent a thousand tokens, of either kind.
PRICES = PriceList({"m": TokenPrices(prompt=Decimal(10), completion=Decimal(10))})


class Memory:
    """A book that remembers its entries, and what was in it when each reservation came back."""

    def __init__(self):
        self.entries = {}

    async def reserve(self, spending):
        await asyncio.sleep(0)
        self.entries[spending.id] = spending
        return True

    async def look(self):
        raise AssertionError("nobody else spends here")

    def settle(self, spending):
        self.entries[spending.id] = spending

    def release(self, spending_id):
        self.entries.pop(spending_id, None)

    @property
    def dollars(self):
        return sum((entry.dollars for entry in self.entries.values()), Decimal(0))


class Refusing(Memory):
    async def reserve(self, spending):
        raise OSError("the disk is full")


def purse(account, name="a", book=None, clock=lambda: NOW):
    return Purse(name, "main", account=account, prices=PRICES, book=book or Memory(), clock=clock)


def caps(**dollars):
    return Account(BudgetSettings(**{name: Decimal(amount) for name, amount in dollars.items()}))


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
    assert account.spent(Scope("season", season="trial")) == Decimal("0.012")


@pytest.mark.parametrize("told", [None, Decimal(-1)])
def test_without_any_limit_a_cost_nobody_told_counts_as_the_most_it_could_be(told):
    account, book = caps(), Memory()

    async def pay():
        (await purse(account, book=book).admit("m", 1000, 2000)).settle(told)

    asyncio.run(pay())
    (settled,) = book.entries.values()
    assert (settled.dollars, settled.known) == (Decimal("0.03"), False)
    assert account.spent(Scope("season", season="main")) == Decimal("0.03")


def test_without_any_limit_what_was_released_is_no_entry_and_a_passage_is_closed_once():
    account, book = caps(), Memory()

    async def pay():
        passage = await purse(account, book=book).admit("m", 1000, 2000)
        passage.release()
        with pytest.raises(RuntimeError, match="exactly once"):
            passage.settle(None)

    asyncio.run(pay())
    assert book.entries == {}
    assert account.spent(Scope("season", season="main")) == 0


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


def test_a_reservation_that_cannot_be_written_down_lets_nothing_pass_and_holds_nothing_back():
    account = caps(season="0.03")

    async def ask():
        with pytest.raises(OSError, match="disk is full"):
            await purse(account, book=Refusing()).admit("m", 1000, 1000)
        await purse(account).admit("m", 1000, 2000)

    asyncio.run(ask())


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
