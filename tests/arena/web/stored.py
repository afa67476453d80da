"""A season written through the store, with whatever names and words a test wants in it."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from pathlib import Path

from arena.config.model import ArenaConfig
from arena.consensus import consensus
from arena.ledger import open_book
from arena.market import snapshot as snapshots
from arena.market.calendar import close_of
from arena.records.chat import (
    Attempt,
    ChatError,
    Message,
    ModelCall,
    ModelChat,
    ResearchStage,
    RiskStage,
    Stages,
    Tokens,
    ToolCall,
    UnsupportedFigure,
)
from arena.records.desk import (
    AnalystReport,
    AnalystStage,
    Metric,
    ResearchTurn,
    ResearchVerdict,
    RiskTurn,
    ToolUse,
    TraderPlan,
)
from arena.records.market import (
    Bar,
    EarningsSection,
    FundamentalsSection,
    IdentitySection,
    IndicatorSection,
    InsiderSection,
    InsiderTrade,
    MarketSnapshot,
    NewsItem,
    NewsSection,
    PostSection,
    PriceSection,
    SocialPost,
    SocialSection,
    Statement,
)
from arena.records.memory import Lesson, ReflectionStage
from arena.records.outcome import Abstention, Decision, Outcome
from arena.records.standing import Round
from arena.records.trading import Fill, Mark, Order, Rejection
from arena.store import Store

SESSIONS = (date(2025, 10, 13), date(2025, 10, 14), date(2025, 10, 15))
START = Decimal(10_000)


def config_for(home: Path) -> ArenaConfig:
    """A configuration that only serves to read this home."""
    contestant = {"name": "momentum", "kind": "rehearsal", "style": "momentum"}
    return ArenaConfig.model_validate({"home": home, "contestants": [contestant], "market": {"vendors": ["simulated"]}})


def decided(action: str = "BUY", words: str = "because", confidence: float = 0.6) -> Decision:
    fraction = 0.0 if action == "HOLD" else 0.5
    return Decision(action=action, fraction=fraction, confidence=confidence, reasoning=words, key_risks=(words,))


def stages_of(words: str) -> Stages:
    """Every stage a desk has, each saying these words."""
    report = AnalystReport(
        summary=words,
        key_points=(words,),
        metrics=(Metric(name=words, value=1.5, unit="USD"),),
        sentiment=0.4,
        text=words,
    )
    look = ToolUse(name="get_prices", arguments=words, result=words)
    return Stages(
        market=AnalystStage(report=report, tool_uses=(look,)),
        news=AnalystStage(report=report, degraded=True),
        reflection=ReflectionStage(lessons=(lesson_of(words),), failure=words[:200]),
        research=ResearchStage(
            turns=(
                ResearchTurn(round=1, speaker="bull", text=words),
                ResearchTurn(round=1, speaker="bear", text=words),
            ),
            verdict=ResearchVerdict(
                stance="bullish", strongest_bull_point=words, strongest_bear_point=words, plan=words
            ),
        ),
        trader=TraderPlan(action="BUY", fraction=0.5, entry=words, stop_loss=None, take_profit=None, reasoning=words),
        risk=RiskStage(turns=(RiskTurn(round=1, speaker="aggressive", text=words),)),
    )


def lesson_of(words: str) -> Lesson:
    return Lesson(
        session=date(2025, 10, 6),
        action="BUY",
        fraction=0.3,
        confidence=0.6,
        reasoning=words,
        horizon=5,
        until=date(2025, 10, 13),
        close=Decimal(95),
        close_after=Decimal(100),
        split=Decimal(1),
        return_pct=Decimal("5.26"),
        benchmark=words[:40],
        benchmark_return_pct=Decimal("1.26"),
        reflection=words,
        reflected=date(2025, 10, 13),
    )


def call_of(words: str, at: datetime) -> ModelCall:
    return ModelCall(
        id="c1",
        node="trader",
        model=words[:200],
        status="ok",
        started=at,
        latency=1.5,
        prompt=(Message(role="system", text=words), Message(role="user", text="NVDA?")),
        reply=f"{words} half \ud83d",  # what an endpoint may send, and UTF-8 refuses
        reasoning=words,
        tool_calls=(ToolCall(id="t1", name="get_prices", arguments=words),),
        tokens=Tokens(prompt=100, completion=20),
        cost=Decimal("0.01"),
        retries=(Attempt(error=words[:300], waited=1.0),),
    )


def snapshot_of(ticker: str, session: date, words: str) -> MarketSnapshot:
    """Facts whose vendors say these words wherever a text may stand."""
    at = close_of(session)
    bars = tuple(
        Bar(session=day, open=99, high=102, low=98, close=100 + n, volume=1000) for n, day in enumerate(SESSIONS)
    )
    kept = tuple(bar for bar in bars if bar.session <= session)
    ok = {"status": "ok", "source": words[:100], "observed": at, "notes": (words[:500],)}
    line = words[:300]
    return MarketSnapshot(
        ticker=ticker,
        as_of=at,
        session=session,
        identity=IdentitySection(**ok, name=line, exchange=line, sector=line, currency="USD"),
        prices=PriceSection(**ok, bars=kept),
        indicators=IndicatorSection(**ok, sessions=(session,), series={line[:60]: (1.5,)}),
        fundamentals=FundamentalsSection(
            **ok,
            statements=(
                Statement(
                    kind="income", period="quarter", fiscal_end=date(2025, 6, 30), filed=None, items={line: Decimal(5)}
                ),
            ),
        ),
        earnings=EarningsSection(status="no_data"),
        insiders=InsiderSection(
            **ok,
            trades=(InsiderTrade(traded=session, filed=None, insider=line, role=line, side="buy", shares=Decimal(5)),),
        ),
        news=NewsSection(**ok, items=(NewsItem(published=at, title=line, summary=words, publisher=line, url=line),)),
        market_news=NewsSection(status="no_data"),
        social=SocialSection(status="no_data"),
        posts=PostSection(**ok, posts=(SocialPost(posted=at, text=words, author=line),)),
    )


def chat_id(season: str, session: date, ticker: str, name: str) -> str:
    """The id of a chat, as the arena makes it where the names allow; a file is called after it."""
    plain = f"{season}.{session}.{ticker}.{name}"
    return (
        f"{plain}.0badcafe"
        if plain.isascii() and len(plain) < 100
        else f"<i>.{session}.{sha256(plain.encode()).hexdigest()[:8]}"
    )


def chat_of(season: str, session: date, ticker: str, name: str, outcome: Outcome, words: str, facts: str) -> ModelChat:
    at = close_of(session)
    return ModelChat(
        id=chat_id(season, session, ticker, name),
        season=season,
        session=session,
        as_of=at,
        ticker=ticker,
        contestant=name,
        model="maker/model",
        quick_model="maker/quick",
        labels=("simulated",),
        snapshot_hash=facts,
        prompts_hash="b" * 64,
        config_hash="c" * 64,
        code_version="0.1.0",
        started=at,
        finished=at + timedelta(seconds=90),
        stages=stages_of(words),
        calls=(call_of(words, at),),
        errors=(ChatError(at=at, node="trader", message=words[:300]),),
        outcome=outcome,
        unsupported=(
            UnsupportedFigure(
                stage="market", text="46.7 billion", value=46.7e9, nearest=46.1e9, nearest_name="fundamentals: revenue"
            ),
        ),
    )


def write_season(
    home: Path,
    season: str = "main",
    names: tuple[str, ...] = ("claude", "gpt", "qwen"),
    tickers: tuple[str, ...] = ("NVDA",),
    words: str = "Demand is strong, at 46.7 billion dollars a quarter.",
    sessions: tuple[date, ...] = SESSIONS[:2],
) -> None:
    """Rounds in which the first buys, the second cannot, the third abstains, and the rest hold."""
    with Store.open(home) as store:
        for session in sessions:
            write_round(store, season, session, names, tickers, words)


def write_round(
    store: Store, season: str, session: date, names: tuple[str, ...], tickers: tuple[str, ...], words: str
) -> None:
    day = session.isoformat()
    facts = {ticker: snapshot_of(ticker, session, words) for ticker in tickers}
    for snapshot in facts.values():
        snapshots.save(snapshot, store.home / "snapshots")
    known = {event.contestant for event in store.events(season)}
    store.append_events(season, [open_book(name, START, session) for name in names if name not in known])
    store.save_round(
        Round(
            season=season,
            session=session,
            as_of=close_of(session),
            tickers=tickers,
            contestants=names,
            snapshots={ticker: snapshot.hash for ticker, snapshot in facts.items()},
            market="the simulated market of seed 7",
            config_hash="c" * 64,
            code_version="0.1.0",
        )
    )
    store.save_marks(season, [Mark(ticker=t, session=session, close=Decimal(100), source="simulated") for t in tickers])
    for ticker in tickers:
        outcomes: dict[str, Outcome] = {}
        for place, name in enumerate(names):
            outcomes[name] = (
                decided("BUY", words)
                if place < 2
                else Abstention(reason="timeout", detail=words)
                if place == 2
                else decided("HOLD", words)
            )
            chat = chat_of(season, session, ticker, name, outcomes[name], words, facts[ticker].hash)
            store.save_chat(chat)
            if place < 2:
                store.append_events(season, _trade(chat, day, words, filled=place == 0))
        store.save_consensus(season, [consensus(ticker, session, outcomes)])


def _trade(chat: ModelChat, day: str, words: str, *, filled: bool) -> list[Order | Fill | Rejection]:
    key = f"{day}:{chat.ticker}:{chat.contestant}"
    shared = {"contestant": chat.contestant, "ticker": chat.ticker, "session": chat.session}
    order = Order(
        key=f"order:{key}",
        **shared,
        chat_id=chat.id,
        side="BUY",
        budget=Decimal(1000),
        shares=None,
        rule="same_close",
        fills_on=chat.session,
    )
    if filled:
        end = {"shares": 5, "price": Decimal(100), "slippage": Decimal(0), "fee": Decimal(1), "rule": "same_close"}
        return [order, Fill(key=f"fill:{key}", **shared, order_key=order.key, side="BUY", **end)]
    return [order, Rejection(key=f"rejection:{key}", **shared, order_key=order.key, reason=words[:300])]
