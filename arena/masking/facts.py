"""The masked twin of a snapshot, and the masked brief."""

from arena.masking.mask import Mask
from arena.masking.names import Names
from arena.masking.walking import Walk
from arena.records.desk import Brief, ResearchBrief
from arena.records.market import MarketSnapshot


def masked_snapshot(original: MarketSnapshot, mask: Mask) -> MarketSnapshot:
    """The same facts about an invented ticker, each as many weeks later; it says whose twin it is."""
    twin = _walk(original, mask).record(original, original.session)
    named = {"name": mask.alias(original.ticker).name} if original.identity.name else {}
    return MarketSnapshot.model_validate(
        {**dict(twin), "identity": twin.identity.model_copy(update=named), "masks": original.hash}
    )


def masked_brief(brief: Brief, original: MarketSnapshot, twin: MarketSnapshot, mask: Mask) -> Brief:
    """The same brief over the masked twin: the book holds invented tickers, marked on moved days.

    Past decisions that were made without the mask are left out: their words tell what it hides.
    """
    own = tuple(one for one in brief.lessons if one.masked)
    masked = _walk(original, mask).record(brief.model_copy(update={"lessons": own}), brief.session)
    return masked.model_copy(update={"snapshot_hash": twin.hash})


def masked_research(brief: ResearchBrief, original: MarketSnapshot, twin: MarketSnapshot, mask: Mask) -> ResearchBrief:
    """The same for the research half of a desk."""
    masked = _walk(original, mask).record(brief, brief.session)
    return masked.model_copy(update={"snapshot_hash": twin.hash})


def _walk(original: MarketSnapshot, mask: Mask) -> Walk:
    people = (trade.insider for trade in original.insiders.trades)
    names = Names(original.ticker, original.identity.name, people, mask.alias(original.ticker))
    return Walk(mask, names)
