"""The doctor: looks at everything a round needs, and says for each fault what to do about it."""

from arena.doctor.examination import examine
from arena.doctor.finding import Finding, Status

__all__ = ["Finding", "Status", "examine"]
