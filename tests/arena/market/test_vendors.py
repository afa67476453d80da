from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from arena.config.model import AlphaVantageSettings, FilesSettings, MarketSettings
from arena.errors import ConfigError, MissingKeyError, NotCoveredError
from arena.market.files import FilesVendor
from arena.market.vendors import build_vendors


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
        lambda: keyless.fundamentals("ACME", now),
        lambda: keyless.news("ACME", now, now),
        lambda: keyless.social("ACME", day, day),
    ):
        with pytest.raises(NotCoveredError, match=r"^ALPHAVANTAGE_API_KEY is not set$"):
            ask()
    assert keyless.name == "alpha_vantage"


def test_a_folder_that_is_not_there_is_a_config_error(tmp_path: Path) -> None:
    settings = MarketSettings(vendors=("files",), files=FilesSettings(folder=tmp_path / "absent"))
    with pytest.raises(ConfigError, match=r"is not a folder: .*absent"):
        build_vendors(settings, {})
