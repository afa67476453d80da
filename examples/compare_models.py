"""All models' chats on one stock, side by side.

    python examples/compare_models.py [TICKER] [--config FILE]

Without a configuration the rehearsal contestants play on a simulated market, so it runs with no key
and no network. With `--config arena` the five models of configs/arena.yaml are asked over OpenRouter.
"""

import argparse
import textwrap

from arena.app import Arena
from arena.cli.text import clean
from arena.records.chat import ModelChat

COLUMN = 34


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("ticker", nargs="?", default="NVDA")
    options.add_argument("--config", default="demo", help="a YAML file, or one of arena, demo, local")
    chosen = options.parse_args()
    with Arena.load(chosen.config) as arena:
        result = arena.run([chosen.ticker])
    label = " / ".join(sorted({label for chat in result.chats for label in chat.labels}))
    print(f"{chosen.ticker} at the close of {result.round.session}" + (f"  [{label}]" if label else ""))
    side_by_side("", [chat.contestant for chat in result.chats])
    side_by_side("market", [said_by_analyst(chat) for chat in result.chats])
    side_by_side("verdict", [verdict(chat) for chat in result.chats])
    side_by_side("decision", [decision(chat) for chat in result.chats])
    vote = result.consensus[0]
    said = "nobody decided" if vote.level is None else f"{vote.action}, level {vote.level:.0%}"
    print(f"\nconsensus: {said}, votes {vote.votes}")


def said_by_analyst(chat: ModelChat) -> str:
    stage = chat.stages.market
    return f"{stage.report.sentiment:+.2f}: {stage.report.summary}" if stage else "not reached"


def verdict(chat: ModelChat) -> str:
    research = chat.stages.research
    return f"{research.verdict.stance}: {research.verdict.plan}" if research and research.verdict else "not reached"


def decision(chat: ModelChat) -> str:
    outcome = chat.outcome
    if outcome.kind == "abstention":
        return f"abstained ({outcome.reason}): {outcome.detail}"
    return f"{outcome.action} {outcome.fraction:.0%}, confidence {outcome.confidence:.0%}. {outcome.reasoning}"


def side_by_side(heading: str, texts: list[str]) -> None:
    """Print one row of wrapped columns."""
    print(f"\n{heading}".rstrip())
    # A model's text may hold anything, terminal commands included.
    columns = [textwrap.wrap(clean(text), COLUMN - 2) for text in texts]
    for line in range(max(map(len, columns))):
        print("".join((column[line] if line < len(column) else "").ljust(COLUMN) for column in columns).rstrip())


if __name__ == "__main__":
    main()
