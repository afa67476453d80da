"""From a vendor's answer to a section of the snapshot: what is later than `as_of` is cut away, doubts are noted.

Pure. What was cut leaves no trace, not even a note: that there will be a fact is a fact, too.
"""

from arena.market.sections.company import earnings_section, fundamentals_section, identity_section, insider_section
from arena.market.sections.prices import indicator_section, price_section
from arena.market.sections.talk import news_section, post_section, social_section

__all__ = [
    "earnings_section",
    "fundamentals_section",
    "identity_section",
    "indicator_section",
    "insider_section",
    "news_section",
    "post_section",
    "price_section",
    "social_section",
]
