"""Messages to people: what is in them, how they are split, and how each service wants them written. All of it pure."""

from arena.messages.change import changed
from arena.messages.page import Page
from arena.messages.round import round_page

__all__ = ["Page", "changed", "round_page"]
