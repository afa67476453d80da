"""The kinds of desks a contestant may have, each as a graph."""

from typing import assert_never

from agents.house import House
from arena.config.contestants import DeskKind
from arena.config.desks import DeskSettings
from graphs.desk import AnyDesk, build_desk
from graphs.single import build_single_desk


def build_kind(kind: DeskKind, settings: DeskSettings, house: House) -> AnyDesk:
    """Compile a desk of that kind: once a process, not once a run or a contestant."""
    match kind:
        case "full":
            return build_desk(settings, house)
        case "single":
            return build_single_desk(settings, house)
    assert_never(kind)
