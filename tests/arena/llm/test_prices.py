"""What answers cost: exact, from the right source, and unknown where nobody said."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.config.contestants import TokenPrices
from arena.llm.prices import FREE, PriceList, Rates

OWN = {"maker/m": TokenPrices(prompt=Decimal("0.15"), completion=Decimal("0.6"))}
LISTED = {
    "maker/m": Rates(prompt=Decimal(9), completion=Decimal(9)),
    "maker/other": Rates(prompt=Decimal(3), completion=Decimal(15), request=Decimal("0.005")),
    "maker/gift": FREE,
}
PRICES = PriceList(OWN, lambda: LISTED)


def usage(prompt, completion):
    return {"prompt_tokens": prompt, "completion_tokens": completion}


def test_the_configurations_price_goes_before_the_catalogues():
    # 1000 prompt tokens at $0.15 a million and 10 at $0.60: 0.00015 + 0.000006.
    assert PRICES.cost("maker/m", usage(1000, 10)) == (Decimal("0.000156"), "config")


def test_the_catalogues_price_counts_what_a_request_costs_by_itself():
    # 2000 at $3 a million, 100 at $15, and half a cent: 0.006 + 0.0015 + 0.005.
    assert PRICES.cost("maker/other", usage(2000, 100)) == (Decimal("0.0125"), "catalogue")


def test_a_model_nobody_priced_costs_an_unknown_amount():
    assert PRICES.cost("maker/unheard-of", usage(1, 1)) is None
    assert PRICES.most("maker/unheard-of", 1, 1) is None


@pytest.mark.parametrize(
    "told",
    [{}, usage(None, 1), usage(1, None), usage(-1, 1), usage("1", 1), usage(1.5, 1), usage(True, 1)],
)
def test_tokens_nobody_told_leave_the_cost_unknown(told):
    assert PRICES.cost("maker/m", told) is None


@pytest.mark.parametrize(("model", "source"), [("maker/gift", "catalogue"), ("maker/unheard-of:free", "free")])
def test_a_free_model_costs_nothing_however_many_tokens_it_told(model, source):
    assert PRICES.cost(model, {}) == (Decimal(0), source)
    assert PRICES.most(model, 10**6, 10**6).dollars == 0


def test_a_tag_called_free_on_a_local_model_is_no_promise():
    assert PRICES.cost("qwen:free", usage(1, 1)) is None


def test_a_price_of_its_own_goes_before_the_name():
    prices = PriceList({"maker/m:free": OWN["maker/m"]})
    assert prices.cost("maker/m:free", usage(10**6, 0)) == (Decimal("0.15"), "config")


def cached(tokens):
    return {**usage(1000, 10), "prompt_tokens_details": {"cached_tokens": tokens}}


CACHING = Rates(
    prompt=Decimal(3),
    completion=Decimal(15),
    cached=Decimal("0.3"),
    cache_write=Decimal("3.75"),
    request=Decimal("0.1"),
)


def test_tokens_from_the_cache_cost_what_is_asked_for_those():
    prices = PriceList({"own": TokenPrices(prompt=3, completion=15, cached=1)}, lambda: {"m": CACHING})
    # 200 at $3, 800 at $0.30 and 10 at $15 a million, and a dime.
    assert prices.cost("m", cached(800)) == (Decimal("0.10099"), "catalogue")
    # 200 at $3, 800 at $1 and 10 at $15.
    assert prices.cost("own", cached(800)) == (Decimal("0.00155"), "config")


def test_without_a_price_of_its_own_the_cache_is_no_cheaper():
    assert PRICES.cost("maker/m", cached(800)) == PRICES.cost("maker/m", usage(1000, 10))


@pytest.mark.parametrize("told", [1001, -1, None, "800", True])
def test_a_count_that_no_cache_can_have_given_changes_nothing(told):
    prices = PriceList({}, lambda: {"m": CACHING})
    assert prices.cost("m", cached(told)) == prices.cost("m", usage(1000, 10))
    assert prices.cost("m", {**usage(1000, 10), "prompt_tokens_details": told}) == prices.cost("m", usage(1000, 10))


def test_the_most_a_request_may_cost_takes_the_dearest_price_a_prompt_token_can_have_and_says_how():
    most = PriceList({}, lambda: {"m": CACHING}).most("m", 12_345, 1000)
    # 12,345 at $3.75 and 1,000 at $15 a million, and a dime.
    assert most.dollars == Decimal("0.16129375")
    assert str(most) == (
        "$0.16129375 (at most 12,345 prompt tokens, one for each byte sent, at $3.75 a million, and max_tokens of "
        "1,000 at $15 a million and $0.1 a request, as the endpoint's catalogue says)"
    )


def test_equal_prices_are_the_same_however_they_are_written():
    one, other = TokenPrices(prompt="1.0", completion="1E+1"), TokenPrices(prompt=1, completion="10.00")
    assert one.model_dump_json() == other.model_dump_json() == '{"prompt":"1","completion":"10","cached":null}'


def test_prices_that_come_later_are_seen():
    listed: dict[str, Rates] = {}
    prices = PriceList({}, lambda: listed)
    assert prices.of("maker/other") is None
    listed |= LISTED
    assert prices.most("maker/other", 0, 1000).dollars == Decimal("0.02")


amounts = st.decimals(min_value=0, max_value=1000, places=6)


@given(amounts, amounts, st.integers(0, 10**7), st.integers(0, 10**6))
def test_costs_are_exact_to_the_last_place(prompt, completion, sent, answered):
    prices = PriceList({"m": TokenPrices(prompt=prompt, completion=completion)})
    exact = int(prompt.scaleb(6)) * sent + int(completion.scaleb(6)) * answered
    cost, _ = prices.cost("m", usage(sent, answered))
    assert cost.scaleb(12) == exact
    assert prices.most("m", sent, answered).dollars == cost
