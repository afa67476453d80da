"""`arena doctor`: what a round needs, looked at before it is played."""

import typer

from arena.cli.options import ConfigOption, Given, HomeOption, JsonOption


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command("doctor")(doctor)


def doctor(config: ConfigOption = None, home: HomeOption = None, as_json: JsonOption = False) -> int:
    """Check keys, endpoints, models, vendors, store, clock and disk, and say what to do.

    Asks no model anything, so it costs nothing. Exit code 0 when nothing failed, else 1.
    """
    from arena.cli.checkup import check_up  # noqa: PLC0415  brings the vendors and the HTTP client

    return check_up(Given(config=config, home=home), as_json=as_json)
