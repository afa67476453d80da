"""A company's names in texts, as they are commonly written, and words that only look like them."""

import pytest

from arena.masking.names import Alias, Names

ALIAS = Alias("VK3R", "Company VK3R")

COMPANIES = {
    "NVDA": "NVIDIA Corporation",
    "META": "Meta Platforms, Inc. Class A",
    "TGT": "Target Corporation",
    "GOOGL": "Alphabet Inc. Class A",
    "BRK-B": "Berkshire Hathaway Inc. Class B",
    "JPM": "JPMorgan Chase & Co.",
    "JNJ": "Johnson & Johnson",
    "AMZN": "Amazon.com, Inc.",
    "T": "AT&T Inc.",
    "ON": "ON Semiconductor Corporation",
    "AMD": "Advanced Micro Devices, Inc.",
    "TSM": "Taiwan Semiconductor Manufacturing Company Limited",
    "SAP.DE": "SAP SE",
    "7203.T": "Toyota Motor Corporation",
    "BTC-USD": "Bitcoin USD",
    "KO": "The Coca-Cola Company",
}


def masked(ticker, text, people=()):
    return Names(ticker, COMPANIES[ticker], people, ALIAS).masked(text)


@pytest.mark.parametrize(
    ("ticker", "text", "told"),
    [
        ("NVDA", "NVIDIA Corporation (NASDAQ:NVDA)", "Company VK3R (NASDAQ:VK3R)"),
        ("NVDA", "Nvidia Corp.'s $nvda, nvda, NVDA's", "Company VK3R's $VK3R, VK3R, VK3R's"),
        ("NVDA", "#NVDAmoon @nvidia #NvidiaEarnings", "#VK3Rmoon @VK3R #VK3REarnings"),
        ("NVDA", "NVDA251017C00200000", "VK3R251017C00200000"),
        ("NVDA", "2025Nvidia", "2025Company VK3R"),
        ("META", "Meta Platforms Inc (META), Facebook and META", "Company VK3R (VK3R), Company VK3R and Company VK3R"),
        ("TGT", "Target (NYSE: TGT)", "Company VK3R (NYSE: VK3R)"),
        ("GOOGL", "Google, GOOG, Alphabet Inc. Class A", "Company VK3R, VK3R, Company VK3R"),
        ("BRK-B", "BRK.B, BRK/B, Berkshire Hathaway", "VK3R, VK3R, Company VK3R"),
        ("JPM", "JPMorgan Chase & Co., JP Morgan, J.P. Morgan", "Company VK3R, Company VK3R, Company VK3R"),
        ("JNJ", "Johnson and Johnson; J&J", "Company VK3R; Company VK3R"),
        ("AMZN", "Amazon.com Inc; amazon", "Company VK3R; Company VK3R"),
        ("T", "AT&T, $T, (T), NYSE: T", "Company VK3R, $VK3R, (VK3R), NYSE: VK3R"),
        ("ON", "ON Semiconductor (ON)", "Company VK3R (VK3R)"),
        ("AMD", "Advanced Micro", "Company VK3R"),
        ("TSM", "TSMC and Taiwan Semiconductor", "Company VK3R and Company VK3R"),
        ("SAP.DE", "SAP.DE, SAP SE", "VK3R, Company VK3R"),
        ("7203.T", "Toyota, 7203.T", "Company VK3R, VK3R"),
        ("BTC-USD", "BTC-USD, btc, Bitcoin", "VK3R, VK3R, Company VK3R"),
        ("KO", "Coca Cola, Coke, KO", "Company VK3R, Company VK3R, VK3R"),
    ],
)
def test_the_names_a_company_is_commonly_called_by_are_replaced(ticker, text, told):
    assert masked(ticker, text) == told


@pytest.mark.parametrize(
    ("ticker", "text"),
    [
        ("META", "metadata of a meta analysis, and a metal"),
        ("TGT", "analysts raise the price target"),
        ("T", "T-bills and a T rallied"),
        ("ON", "ON and on, turned on"),
        ("JPM", "Chase the rally"),
        ("7203.T", "7203 units and 72031"),
        ("TSM", "Taiwan and semiconductor makers"),
        ("AMD", "advanced devices"),
        ("KO", "knocked ko"),
    ],
)
def test_words_that_only_look_like_a_name_stay(ticker, text):
    assert masked(ticker, text) == text


def test_addresses_are_left_out():
    text = "See https://www.nvidia.com/2025/x?y=1, www.nvidia.com or ir@nvidia.com now"
    assert masked("NVDA", text) == "See [link] [link] or [link] now"


def test_insiders_are_numbered_and_found_however_they_are_written():
    names = Names("NVDA", COMPANIES["NVDA"], ("COOK TIMOTHY D", "Kress Colette", "COOK TIMOTHY D"), ALIAS)
    assert names.person("COOK TIMOTHY D") == "Insider 1"
    assert names.masked("Timothy D. Cook, COOK TIMOTHY, Colette M. Kress and tim cooks") == (
        "Insider 1, Insider 1, Insider 2 and tim cooks"
    )


def test_without_a_name_the_ticker_alone_is_replaced():
    assert Names("NVDA", None, (), ALIAS).masked("NVDA of Nvidia") == "VK3R of Nvidia"
