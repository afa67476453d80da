"""What an analyst can look at: each look is a pure function of the snapshot and its arguments.

What there is to see is shown as comma-separated tables, figures unchanged; a section without facts
is called missing, with the reason. Text from outside is quoted as `agents.quoting` says.
"""

from agents.looks.company import (
    EarningsArguments,
    InsidersArguments,
    RatiosArguments,
    StatementsArguments,
    earnings,
    insiders,
    ratios,
    statements,
)
from agents.looks.prices import IndicatorArguments, PriceHistoryArguments, indicator, price_history
from agents.looks.request import Arguments, ToolRequestError
from agents.looks.talk import (
    NewsSearchArguments,
    PostsArguments,
    SocialSentimentArguments,
    news_search,
    posts,
    social_sentiment,
)

__all__ = [
    "Arguments",
    "EarningsArguments",
    "IndicatorArguments",
    "InsidersArguments",
    "NewsSearchArguments",
    "PostsArguments",
    "PriceHistoryArguments",
    "RatiosArguments",
    "SocialSentimentArguments",
    "StatementsArguments",
    "ToolRequestError",
    "earnings",
    "indicator",
    "insiders",
    "news_search",
    "posts",
    "price_history",
    "ratios",
    "social_sentiment",
    "statements",
]
