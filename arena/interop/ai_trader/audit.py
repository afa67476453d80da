"""The audit of a competition's folder, before anything of it is imported."""

from dataclasses import dataclass
from pathlib import Path

from arena.errors import UsageError
from arena.interop.ai_trader.checks import check_lines
from arena.interop.ai_trader.positions import Line, read_positions
from arena.interop.ai_trader.prices import Prices
from arena.records.audit import AuditReport, Finding


@dataclass(frozen=True)
class Competition:
    """A folder as it was read."""

    folder: Path
    prices: Prices
    lines: dict[str, tuple[Line, ...]]
    """By model, in order of name."""
    unreadable: tuple[Finding, ...]


def read_competition(folder: Path) -> Competition:
    """Read a folder. UsageError where it is not one of AI-Trader's, or has no prices."""
    root = next((place for place in (folder, folder / "data") if (place / "agent_data").is_dir()), None)
    if root is None:
        raise UsageError(f"{folder} is no AI-Trader folder: it has no agent_data")
    models = sorted(path.parent.parent.name for path in root.glob("agent_data/*/position/position.jsonl"))
    if not models:
        raise UsageError(f"{root / 'agent_data'} has no MODEL/position/position.jsonl")
    prices = Prices(root)
    if not prices.days:
        raise UsageError(f"{root} has no prices: neither daily_prices_TICKER.json nor merged.jsonl")
    read = {model: read_positions(root, model) for model in models}
    return Competition(
        folder=root,
        prices=prices,
        lines={model: lines for model, (lines, _) in read.items()},
        unreadable=tuple(finding for _, findings in read.values() for finding in findings),
    )


def audit_folder(folder: Path) -> AuditReport:
    """Every violation of a competition, each with its file and line. UsageError where the folder is not one."""
    return audit_competition(read_competition(folder))


def audit_competition(read: Competition) -> AuditReport:
    """The same of a folder that was read."""
    lines = [line for mine in read.lines.values() for line in mine]
    trades = [line for line in lines if line.trades]
    used = {"", *(line.symbol for line in trades)}
    prices = [finding for ticker, finding in read.prices.findings if ticker in used]
    checked = [finding for mine in read.lines.values() for finding in check_lines(mine, read.prices)]
    return AuditReport(
        subject=str(read.folder),
        findings=(*prices, *read.unreadable, *checked),
        notes=tuple(f"{line.where}: it orders to {line.action} 0 {line.symbol}" for line in trades if not line.amount),
        checked={"models": len(read.lines), "lines": len(lines), "trades": len(trades)},
    )
