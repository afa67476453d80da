from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from arena.config.market import AlphaVantageSettings, FilesSettings, MarketSettings, RedditSettings, StocktwitsSettings
from arena.errors import ConfigError, MissingKeyError, NotCoveredError, VendorError
from arena.market.files import FilesVendor
from arena.market.vendors import build_vendors
from tests.loopback import Reply, loopback


def test_vendors_come_in_the_order_of_the_configuration(tmp_path: Path) -> None:
    settings = MarketSettings(
        vendors=("files", "alpha_vantage", "yahoo"),
        files=FilesSettings(folder=tmp_path),
        alpha_vantage=AlphaVantageSettings(api_key_env="AV_KEY"),
    )
    files, alpha_vantage, yahoo = build_vendors(settings, {"AV_KEY": "k"})
    assert (files.name, alpha_vantage.name, yahoo.name) == ("files", "alpha_vantage", "yahoo")
    assert isinstance(files, FilesVendor)


def test_the_simulated_market_stands_alone() -> None:
    (vendor,) = build_vendors(MarketSettings(vendors=("simulated",)), {})
    assert vendor.name == "simulated"


@pytest.mark.parametrize("environ", [{}, {"ALPHAVANTAGE_API_KEY": "  "}])
def test_a_first_vendor_without_its_key_is_an_error_that_names_the_variable(environ: dict[str, str]) -> None:
    with pytest.raises(MissingKeyError, match="ALPHAVANTAGE_API_KEY is not set"):
        build_vendors(MarketSettings(vendors=("alpha_vantage", "yahoo")), environ)


def test_a_later_vendor_without_its_key_declines_every_question_and_says_why() -> None:
    _, keyless = build_vendors(MarketSettings(vendors=("yahoo", "alpha_vantage")), {})
    day, now = date(2025, 10, 14), datetime(2025, 10, 14, tzinfo=UTC)
    for ask in (
        lambda: keyless.prices(ticker="ACME", start=day, end=day),
        lambda: keyless.identity("ACME", now),
        lambda: keyless.fundamentals("ACME", now),
        lambda: keyless.earnings("ACME", now),
        lambda: keyless.insiders("ACME", day, day),
        lambda: keyless.market_news(now, now),
        lambda: keyless.posts("ACME", now, now),
        lambda: keyless.news("ACME", now, now),
        lambda: keyless.social("ACME", day, day),
    ):
        with pytest.raises(NotCoveredError, match=r"^ALPHAVANTAGE_API_KEY is not set$"):
            ask()
    assert keyless.name == "alpha_vantage"


def test_vendors_of_single_sections_come_after_the_others() -> None:
    settings = MarketSettings(vendors=("yahoo",), chains={"posts": ("stocktwits", "reddit"), "news": ("yahoo",)})
    assert [vendor.name for vendor in build_vendors(settings, {})] == ["yahoo", "stocktwits", "reddit"]


def test_the_settings_reach_the_feeds_and_the_count_of_the_key_its_folder(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    with loopback(lambda request: Reply(200, {"messages": [], "data": {"children": []}})) as server:
        settings = MarketSettings(
            vendors=("alpha_vantage", "stocktwits", "reddit"),
            alpha_vantage=AlphaVantageSettings(base_url=f"{server.url}/query", daily_limit=1),
            stocktwits=StocktwitsSettings(base_url=f"{server.url}/st"),
            reddit=RedditSettings(base_url=f"{server.url}/rd", subreddits=("options",)),
        )
        alpha_vantage, stocktwits, reddit = build_vendors(settings, {"ALPHAVANTAGE_API_KEY": "SECRETKEY1"}, tmp_path)
        assert stocktwits.posts("ACME", now, now) == ()
        assert reddit.posts("ACME", now, now) == ()
        with pytest.raises(VendorError):
            alpha_vantage.news("ACME", now, now)
        (again, *_) = build_vendors(settings, {"ALPHAVANTAGE_API_KEY": "SECRETKEY1"}, tmp_path)
        with pytest.raises(VendorError, match=r"1 requests of .* are spent"):
            again.identity("ACME", now)
        assert [request.path for request in server.requests] == [
            "/st/streams/symbol/ACME.json",
            "/rd/r/options/search.json",
            "/query",
        ]


def test_a_folder_that_is_not_there_is_a_config_error(tmp_path: Path) -> None:
    settings = MarketSettings(vendors=("files",), files=FilesSettings(folder=tmp_path / "absent"))
    with pytest.raises(ConfigError, match=r"is not a folder: .*absent"):
        build_vendors(settings, {})
