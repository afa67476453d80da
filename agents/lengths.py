"""How long what one role writes may be where others read it.

Every role is told its limit in words, and what goes beyond it is not passed on: the record keeps all of it,
the prompts of those who read it do not grow. A cut is marked, so that nobody takes a part for the whole.
"""

from arena.memory import REFLECTION_WORDS
from arena.records.desk import Role

WORDS: dict[Role, int] = {
    "market_analyst": 300,
    "news_analyst": 300,
    "fundamentals_analyst": 300,
    "social_analyst": 300,
    "bull_researcher": 200,
    "bear_researcher": 200,
    "research_manager": 120,
    "trader": 120,
    "aggressive_debater": 120,
    "conservative_debater": 120,
    "neutral_debater": 120,
    "portfolio_manager": 150,
    "reflection": REFLECTION_WORDS,
    "single_agent": 150,
}
"""The most words of a role's speech, or of the longest field of its form; of a reflection, those on one decision."""

SPEECH_WORDS: dict[str, int] = {
    "bull": WORDS["bull_researcher"],
    "bear": WORDS["bear_researcher"],
    "aggressive": WORDS["aggressive_debater"],
    "conservative": WORDS["conservative_debater"],
    "neutral": WORDS["neutral_debater"],
}
"""The same by speaker of a debate."""

SUMMARY_WORDS = 60
POINT_WORDS = 50
