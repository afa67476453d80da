"""Reports: the pages as files that open from disk and can be put on any web host."""

from arena.web.report.plan import Planned, chat_plan, round_plan, season_plan
from arena.web.report.writing import Written, write_report

__all__ = ["Planned", "Written", "chat_plan", "round_plan", "season_plan", "write_report"]
