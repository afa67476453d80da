"""How long the pages take on the server: a leaderboard of 20 contestants by 250 sessions, and a chat of 300 kB of text.

    python -m bench.pages [--contestants N] [--sessions N] [--home DIR]

A season of invented decisions goes through the real store; then the application itself is asked, without a network.
Cold is the first answer of a fresh server, warm the median of those after it, each in milliseconds of the clock and
of the processor: on a machine that does other things too, only the latter says what a page takes. The first leaderboard
over a season that no server has shown yet is the slowest; `arena serve` makes it before anybody asks, and it is kept
for the next start, which is "restarted". After a change the older one serves until it is made anew: "meanwhile" is
while an audit is worked out, "changed" is right after a chat was stored. The bound is 100 ms.
"""

import argparse
import random
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from fastapi.testclient import TestClient

from arena.config.model import ArenaConfig
from arena.consensus import consensus
from arena.ledger import open_book
from arena.market import calendar
from arena.records.chat import Message, ModelCall, ModelChat, ResearchStage, RiskStage, Stages, Tokens
from arena.records.desk import AnalystReport, AnalystStage, ResearchTurn, ResearchVerdict, RiskTurn, ToolUse, TraderPlan
from arena.records.outcome import Decision
from arena.records.standing import Round
from arena.records.trading import Fill, LedgerEvent, Mark, Order
from arena.store import Store
from arena.web.app import pages_app
from arena.web.reader import Reader
from arena.web.server import settle_in
from bench.lines import Line

TICKERS = ("AAPL", "AMD", "AMZN", "AVGO", "GOOGL", "META", "MSFT", "NFLX", "NVDA", "TSLA")
START = date(2024, 10, 1)
BOUND = 100.0
WARM = 15


def main() -> None:
    """Write the season where there is none yet, ask for its pages, and print what they took."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--contestants", type=int, default=20)
    options.add_argument("--sessions", type=int, default=250)
    options.add_argument(
        "--home", type=Path, help="kept, and used again where it is there; a temporary one when left out"
    )
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = chosen.home or Path(folder) / "home"
        names = tuple(f"model-{number:02}" for number in range(1, chosen.contestants + 1))
        sessions = calendar.sessions_between(START, START + timedelta(days=2 * chosen.sessions))[: chosen.sessions]
        if not Store.exists(home):
            write(home, names, sessions)
        print(
            f"{len(names)} contestants, {len(sessions)} sessions, {size(home) / 1e6:.0f} MB; bound {BOUND:.0f} ms; "
            "milliseconds of the clock (of the processor)"
        )
        ask_all(home, names, sessions)


def ask_all(home: Path, names: tuple[str, ...], sessions: tuple[date, ...]) -> None:
    """Ask for each page cold and warm, and for the leaderboard after a new round."""
    pages = addresses(names, sessions)
    print(f"{'page':24} {'cold':>17} {'warm':>17} {'size':>9}")
    for name, path in pages.items():
        with client_of(home) as client:
            cold = asked(client, path)
            tell(name, cold, typical(client, path))
    with client_of(home) as client:
        again = asked(client, pages["leaderboard"])
        tell("leaderboard, restarted", again, typical(client, pages["leaderboard"]))
        began = time.perf_counter()
        client.get("/seasons/bench/figures?wait=yes")
        print(f"{'report, worked out':24} {time.perf_counter() - began:15.1f} s   off the request path")
        client.get("/seasons/bench/audit/part")
        tell("leaderboard meanwhile", asked(client, pages["leaderboard"]), typical(client, pages["leaderboard"]))
        client.get("/seasons/bench/audit?wait=yes")
        with Store.open(home) as store:
            store.save_chat(chat_of(sessions[-1], "NVDA", f"late-{time.time_ns()}", decision("HOLD")))
        tell("leaderboard, changed", asked(client, pages["leaderboard"]), typical(client, pages["leaderboard"]))


def addresses(names: tuple[str, ...], sessions: tuple[date, ...]) -> dict[str, str]:
    """The pages by what they show."""
    last = sessions[-1]
    return {
        "leaderboard": "/seasons/bench",
        "chat, 300 kB of text": "/chats/" + chat_id(last, "NVDA", "long"),
        "its calls": "/chats/" + chat_id(last, "NVDA", "long") + "/calls",
        "round": f"/seasons/bench/rounds/{last}",
        "side by side": f"/seasons/bench/rounds/{last}/{TICKERS[(len(sessions) - 1) % len(TICKERS)]}",
        "rounds": "/seasons/bench/rounds",
        "books": "/seasons/bench/books",
        "contestant": f"/seasons/bench/contestants/{names[0]}",
        "search": "/search?q=guidance",
    }


def pages() -> Iterator[Line]:
    """Pages of a season of 20 contestants by 250 sessions, warm; CPU of the server alone."""
    names = tuple(f"model-{number:02}" for number in range(1, 21))
    sessions = calendar.sessions_between(START, START + timedelta(days=500))[:250]
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        write(home, names, sessions)
        with client_of(home) as client:
            for name, path in addresses(names, sessions).items():
                asked(client, path)
                yield Line(name, typical(client, path).processor, "ms", BOUND)


class Took(NamedTuple):
    """What an answer took."""

    clock: float
    """Milliseconds."""
    processor: float
    """Milliseconds, of all threads."""
    size: int
    """Bytes."""

    def __str__(self) -> str:
        return f"{self.clock:7.1f} ({self.processor:6.1f})"


def asked(client: TestClient, path: str) -> Took:
    """One answer."""
    clock, processor = time.perf_counter(), time.process_time()
    answer = client.get(path, headers={"accept-encoding": "identity"})
    took = Took((time.perf_counter() - clock) * 1000, (time.process_time() - processor) * 1000, len(answer.content))
    assert answer.status_code == 200, (path, answer.status_code)
    return took


def typical(client: TestClient, path: str) -> Took:
    """The medians of several answers."""
    several = [asked(client, path) for _ in range(WARM)]
    clock, processor = (statistics.median(one[place] for one in several) for place in (0, 1))
    return Took(clock, processor, several[0].size)


def tell(name: str, cold: Took, warm: Took) -> None:
    """One line."""
    above = [what for what, took in (("cold", cold), ("warm", warm)) if took.clock > BOUND]
    verdict = f"  {' and '.join(above)} above the bound" if above else ""
    print(f"{name:24} {cold} {warm} {warm.size / 1000:6.0f} kB{verdict}")


@contextmanager
def client_of(home: Path) -> Iterator[TestClient]:
    """A fresh server over a home, asked in this process."""
    contestant = {"name": "any", "kind": "rehearsal", "style": "momentum"}
    config = ArenaConfig.model_validate(
        {"home": home, "contestants": [contestant], "market": {"vendors": ["simulated"]}}
    )
    app = pages_app(Reader(config))
    settle_in()
    with TestClient(app, base_url="http://127.0.0.1") as client:
        yield client


def write(home: Path, names: tuple[str, ...], sessions: tuple[date, ...]) -> None:
    """The season: each session one ticker is decided on, and all that is held has a close."""
    chance = random.Random(7)
    prices = dict.fromkeys(TICKERS, 100.0)
    cash = dict.fromkeys(names, Decimal(10_000))
    held: dict[tuple[str, str], int] = {}
    with Store.open(home) as store:
        store.append_events("bench", [open_book(name, Decimal(10_000), sessions[0]) for name in names])
        for number, session in enumerate(sessions):
            ticker = TICKERS[number % len(TICKERS)]
            prices = {name: price * (1 + chance.gauss(0.0005, 0.02)) for name, price in prices.items()}
            closes = {name: Decimal(f"{price:.2f}") for name, price in prices.items()}
            with store.transaction():
                store.save_marks(
                    "bench",
                    [Mark(ticker=one, session=session, close=close, source="bench") for one, close in closes.items()],
                )
                play(store, session, ticker, names, chance, closes[ticker], cash, held)
        store.save_chat(chat_of(sessions[-1], "NVDA", "long", decision("HOLD"), long=True))


def play(  # noqa: PLR0917  what a round needs
    store: Store,
    session: date,
    ticker: str,
    names: tuple[str, ...],
    chance: random.Random,
    close: Decimal,
    cash: dict[str, Decimal],
    held: dict[tuple[str, str], int],
) -> None:
    """One round: decisions, chats, votes, orders and fills at the close."""
    events: list[LedgerEvent] = []
    outcomes = {}
    for name in names:
        action = chance.choice(("BUY", "SELL", "HOLD"))
        shares = int(cash[name] / 4 / close) if action == "BUY" else held.get((name, ticker), 0)
        action = "HOLD" if not shares else action
        outcomes[name] = decision(action, chance.random())
        chat = chat_of(session, ticker, name, outcomes[name])
        store.save_chat(chat)
        if action != "HOLD":
            events += trade(chat, action, shares, close)
            sign = 1 if action == "BUY" else -1
            held[name, ticker] = held.get((name, ticker), 0) + sign * shares if action == "BUY" else 0
            cash[name] -= sign * shares * close
    store.append_events("bench", events)
    store.save_consensus("bench", [consensus(ticker, session, outcomes)])
    store.save_round(
        Round(
            season="bench",
            session=session,
            as_of=calendar.close_of(session),
            tickers=(ticker,),
            contestants=names,
            snapshots={},
            market="the market of a benchmark",
            config_hash="",
            code_version="",
        )
    )


def trade(chat: ModelChat, side: str, shares: int, close: Decimal) -> list[LedgerEvent]:
    """The order, and the fill of it."""
    key = f"{chat.session}:{chat.ticker}:{chat.contestant}"
    shared = {"contestant": chat.contestant, "ticker": chat.ticker, "session": chat.session, "side": side}
    buys = side == "BUY"
    order = Order(
        key=f"order:{key}",
        **shared,
        chat_id=chat.id,
        budget=shares * close if buys else None,
        shares=None if buys else shares,
        rule="same_close",
        fills_on=chat.session,
    )
    end = {"shares": shares, "price": close, "slippage": Decimal(0), "fee": Decimal(0), "rule": "same_close"}
    return [order, Fill(key=f"fill:{key}", **shared, order_key=order.key, **end)]


def decision(action: str, confidence: float = 0.5) -> Decision:
    """A decision with a paragraph of reasons."""
    return Decision(
        action=action,
        fraction=0 if action == "HOLD" else 0.25,
        confidence=confidence,
        reasoning=PARAGRAPH,
        key_risks=(PARAGRAPH,),
    )


PARAGRAPH = (
    "Demand for the newest line is above what the guidance of the last quarter said, **margins** widen by two points, "
    "and the price has not moved with it; against that stand rates, inventories and a crowded trade.\n\n"
)


def chat_id(session: date, ticker: str, name: str) -> str:
    """A chat's id."""
    return f"bench.{session}.{ticker}.{name}.00000000"


def chat_of(session: date, ticker: str, name: str, outcome: Decision, *, long: bool = False) -> ModelChat:
    """A chat; a long one has 300 kB of text on its page, and as much again in its calls."""
    at = calendar.close_of(session)
    return ModelChat(
        id=chat_id(session, ticker, name),
        season="bench",
        session=session,
        as_of=at,
        ticker=ticker,
        contestant=name,
        model="maker/model",
        quick_model="maker/quick",
        labels=("simulated",),
        snapshot_hash="",
        prompts_hash="",
        config_hash="",
        code_version="",
        started=at,
        finished=at + timedelta(seconds=90),
        stages=long_stages() if long else Stages(),
        calls=tuple(long_call(number, session) for number in range(16)) if long else (),
        errors=(),
        outcome=outcome,
    )


def long_stages() -> Stages:
    """300 kB: four reports with what their analysts looked at, two rounds of debate, the plan, and the risk debate."""
    text = PARAGRAPH * 105
    speech = PARAGRAPH * 58
    report = AnalystReport(
        summary=PARAGRAPH, key_points=(PARAGRAPH,) * 4, metrics=(), sentiment=0.3, text=f"## Report\n\n{text}"
    )
    stage = AnalystStage(report=report, tool_uses=(ToolUse(name="get_prices", arguments="{}", result=PARAGRAPH * 95),))
    return Stages(
        market=stage,
        news=stage,
        fundamentals=stage,
        social=stage,
        research=ResearchStage(
            turns=tuple(ResearchTurn(round=n, speaker=side, text=speech) for n in (1, 2) for side in ("bull", "bear")),
            verdict=ResearchVerdict(
                stance="bullish", strongest_bull_point=PARAGRAPH, strongest_bear_point=PARAGRAPH, plan=speech
            ),
        ),
        trader=TraderPlan(
            action="BUY", fraction=0.2, entry="at the open", stop_loss=None, take_profit=None, reasoning=speech
        ),
        risk=RiskStage(
            turns=tuple(
                RiskTurn(round=1, speaker=side, text=speech) for side in ("aggressive", "conservative", "neutral")
            )
        ),
    )


def long_call(number: int, session: date) -> ModelCall:
    """Twenty kilobytes of prompt and reply."""
    return ModelCall(
        id=f"c{number}",
        node="trader",
        model="maker/model",
        status="ok",
        started=calendar.close_of(session),
        latency=2.5,
        prompt=(Message(role="system", text=PARAGRAPH * 35), Message(role="user", text=PARAGRAPH * 35)),
        reply=PARAGRAPH * 8,
        tokens=Tokens(prompt=2500, completion=400),
        cost=Decimal("0.01"),
    )


def size(home: Path) -> int:
    """The bytes of the store."""
    return sum(file.stat().st_size for file in home.glob("arena.sqlite*"))


if __name__ == "__main__":
    main()
