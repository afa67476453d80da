"""AI-Trader's competitions: audited line by line, and brought in as seasons.

A competition is a folder `agent_data/MODEL/` with `position/position.jsonl`, a line an action with the whole
portfolio after it, and `log/DATE/log.jsonl`, what was said; beside it the prices, as `daily_prices_TICKER.json` or
in `merged.jsonl`. Models read a day's open and trade at it; holdings are valued at closes; there are no fees, no
dividends and no fractions.
"""

from arena.interop.ai_trader.audit import audit_folder
from arena.interop.ai_trader.importing import AiTraderImport, import_ai_trader

__all__ = ["AiTraderImport", "audit_folder", "import_ai_trader"]
