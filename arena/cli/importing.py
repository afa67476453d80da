"""`arena import`: other projects' records, as seasons and ModelChats."""

from pathlib import Path
from typing import Annotated

import typer

from arena.cli.options import ConfigOption, Given, HomeOption, JsonOption

app = typer.Typer(help="Bring other projects' records in.", rich_markup_mode=None)


@app.command("ai-trader")
def ai_trader(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder with agent_data and the prices.")],
    *,
    season: Annotated[str, typer.Option(metavar="NAME", help="The season it becomes.")] = "ai-trader",
    config: ConfigOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> int:
    """Bring an AI-Trader competition in as a season.

    It is audited first, as `arena audit --ai-trader` does, and one with violations is not imported. Importing it
    again changes nothing. Exit code 0 when it is in the store, 5 when the audit found a violation, 1 for a folder
    that is none.
    """
    from arena.cli.imports import bring_ai_trader  # noqa: PLC0415  brings the store and the calendar

    return bring_ai_trader(Given(config=config, home=home, season=season), folder, as_json=as_json)


@app.command("tradingagents")
def tradingagents(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="full_states_log files.")],
    *,
    season: Annotated[str, typer.Option(metavar="NAME", help="The season they become.")] = "tradingagents",
    contestant: Annotated[
        str, typer.Option(metavar="NAME", help="Whose they are; the files do not say.")
    ] = "tradingagents",
    config: ConfigOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> int:
    """Bring TradingAgents' final states in as ModelChats.

    A decision that cannot be read becomes an abstention that says why. Importing a file again changes nothing. Exit
    code 0 when every decision could be read, 3 when some could not, 4 when none could, 1 for a file that holds no
    state, and then nothing is imported.
    """
    from arena.cli.imports import bring_states  # noqa: PLC0415  brings the store and the calendar

    return bring_states(Given(config=config, home=home, season=season), files, contestant, as_json=as_json)
