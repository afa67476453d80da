"""Whatever models, vendors and people wrote is shown as text: on every page, wherever it stands."""

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from arena.records.chat import Imported, Stages
from arena.records.masking import MaskedAs
from arena.records.outcome import ImportedDecision
from arena.records.trading import DividendPaid
from arena.store import Store
from arena.web.slugs import slug
from arena.web.text import shown
from tests.arena.web.conftest import Open
from tests.arena.web.looking import Seen, walked
from tests.arena.web.stored import chat_id, write_season

SCRIPT = "<script>alert(1)</script>"
IMAGE = '"><img src=x onerror=alert(1)>'
HEBREW = "שלום \u202egnp.exe\u202c"
CONTROL = "NUL \x00 bell \x07"
FORMULA = "=HYPERLINK(A1) -1+1 @SUM"
JINJA = "{{ 1234567*2 }} {% raw %} ${1234567*2}"
CLOSING = "</script></title></main>--><!--]]>"
LINKS = "[a](javascript:alert(1)) [b](//elsewhere/x) ![c](https://elsewhere/track.png) <javascript:x>"
ATTRIBUTE = '\' onfocus=\'alert(1)\' autofocus x=" onmouseover="alert(1)" autofocus y="'
ELEMENTS = (
    "<svg/onload=alert(1)><details open ontoggle=alert(1)><style>@import '//elsewhere'</style><base href=//elsewhere>"
    "<meta http-equiv=refresh content=0;url=//elsewhere><iframe srcdoc='<script>alert(1)</script>'>"
    "<a href=&#106;avascript:alert(1)>x</a><form action=//elsewhere><input name=q>"
)
WORDS = " ".join((ATTRIBUTE, ELEMENTS, SCRIPT, IMAGE, HEBREW, CONTROL, FORMULA, JINJA, CLOSING, LINKS))

NAMES = (SCRIPT, f"{HEBREW} {IMAGE}", f"{FORMULA} {JINJA}", f"..{CONTROL}")
TICKERS = ("<B>/../A", f"{CLOSING[:9]}'\"")
DAY = date(2025, 10, 13)
SEASON = f"{IMAGE}#?%2f {HEBREW}"


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("hostile") / "home"
    write_hostile(home)
    return home


def write_hostile(home: Path) -> None:
    """A season whose every text, and an import and a masked desk in it, are an attack."""
    write_season(home, SEASON, NAMES, TICKERS, WORDS, sessions=(DAY,))
    with Store.open(home) as store:
        told = store.chat(chat_id(SEASON, DAY, TICKERS[0], NAMES[0]))
        imported = told.model_copy(
            update={
                "id": "<i>.imported",
                "contestant": f"{CLOSING}{ATTRIBUTE}",
                "ticker": "PORTFOLIO",
                "labels": ("imported",),
                "stages": Stages(),
                "outcome": ImportedDecision(action=None, rating=WORDS, reasoning=WORDS),
                "imported": Imported(
                    project="AI-Trader", source=WORDS, texts={"trader": WORDS, "bull_researcher": WORDS}, notes=(WORDS,)
                ),
            }
        )
        mask = MaskedAs(ticker=TICKERS[0], name=WORDS, weeks=3000, original="f" * 64, notes=(WORDS,))
        masked = told.model_copy(
            update={"id": "<i>.masked", "contestant": f"masked {IMAGE}", "labels": ("masked",), "masked": mask}
        )
        for chat in (imported, masked):
            store.save_chat(chat)
        paid = DividendPaid(
            key="dividend:1",
            contestant=NAMES[0],
            session=DAY + timedelta(days=1),
            ticker=TICKERS[0],
            ex_date=DAY + timedelta(days=1),
            shares=Decimal(5),
            amount=Decimal(1),
        )
        store.append_events(SEASON, [paid])


def test_nothing_hostile_runs_loads_or_breaks_out_on_any_page(hostile: Path, open_pages: Open) -> None:
    client = open_pages(hostile)
    pages = walked(client, "/", lambda path: "offset" not in path)
    about = f"/seasons/{slug(SEASON)}"
    for part in ("figures", "audit"):
        whole = f"{about}/{part}?wait=yes"
        pages[whole] = Seen(client.get(whole).text)
    pages["search"] = Seen(client.get("/search", params={"q": "alert HYPERLINK", "contestant": SCRIPT}).text)
    chats = sum(path.startswith("/chats/") and not path.endswith("/calls") for path in pages)
    assert chats == len(NAMES) * len(TICKERS) + 2
    assert len(pages) > 25
    for path, page in pages.items():
        assert page.dangers == [], path
        assert page.unbalanced == [], path
        assert [tag for tag, _ in page.tags].count("title") == 1, path
        led_to = {link for link in page.links if "elsewhere" in link or "script:" in link.lower()}
        assert led_to <= {"https://elsewhere/track.png"}, path  # no picture: a link that a reader may follow


def test_it_is_all_there_to_be_read(hostile: Path, open_pages: Open) -> None:
    client = open_pages(hostile)
    chat = client.get("/chats/" + slug(chat_id(SEASON, DAY, TICKERS[0], NAMES[0])))
    page = Seen(chat.text)
    assert " ".join(shown(WORDS).split()) in page.words  # in a tool's result, word for word
    assert f"{SCRIPT} on {TICKERS[0]}" in page.words
    assert "2469134" not in page.words
    calls = Seen(client.get(f"{chat.url}/calls").text)
    assert "half \N{REPLACEMENT CHARACTER}" in calls.words
    board = Seen(client.get(f"/seasons/{slug(SEASON)}").text)
    assert all(" ".join(shown(name).split()) in board.words for name in NAMES)


def test_a_name_cannot_end_the_data_of_the_curves(hostile: Path, open_pages: Open) -> None:
    html = open_pages(hostile).get(f"/seasons/{slug(SEASON)}").text
    start = html.index('<script type="application/json" id="curves"')
    data = html[html.index(">", start) + 1 : html.index("</script>", start)]
    assert "\\u003cscript\\u003ealert(1)\\u003c/script\\u003e" in data
    assert not set(data) & {"<", ">", "&", "\u202e", "\x00"}


def test_the_records_hold_everything_as_it_was_written(hostile: Path, open_pages: Open) -> None:
    client = open_pages(hostile)
    found = client.get("/api/chats/" + slug(chat_id(SEASON, DAY, TICKERS[1], NAMES[3])))
    assert found.headers["content-type"] == "application/json"
    assert found.json()["stages"]["trader"]["reasoning"] == WORDS
    assert b"\\ud83d" in found.content


def test_a_huge_text_is_shown_and_does_not_take_long_to_be_cut(open_pages: Open, tmp_path: Path) -> None:
    words = "**<b>** " * 8_000
    write_season(tmp_path, words=words, names=("a", "b", "c"), sessions=(DAY,))
    client = open_pages(tmp_path)
    assert len(client.get("/seasons/main").text) < 40_000
    chat = client.get("/chats/main.2025-10-13.NVDA.a.0badcafe")
    assert chat.text.count("**&lt;b&gt;** ") > 8_000
    assert Seen(chat.text).dangers == []
