"""The mask: a desk is shown an invented ticker, company and dates, as a control for what its model remembers.

A masked twin of the snapshot is made field by field and text by text; figures stay. Pure functions: who keeps the
twin and who hands it to a desk is for others.
"""

from arena.masking.facts import masked_brief, masked_research, masked_snapshot
from arena.masking.mask import Mask

__all__ = ["Mask", "masked_brief", "masked_research", "masked_snapshot"]
