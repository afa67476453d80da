"""Answers through a LangGraph server's store, the one place that both the arena and its desk can write to."""

import asyncio
from functools import partial
from typing import Any, Protocol

from arena.remote.tolls import Asking
from arena.tape.exchange import Trouble

LOOK_AGAIN = 0.05
"""Seconds between two looks for an answer."""

NAMESPACE = ("arena", "tolls")
"""Where the answers of an errand are left, its id behind it."""


class Letters(Protocol):
    """Where answers are found, as LangGraph's store has it."""

    async def aget(self, namespace: tuple[str, ...], key: str) -> Any:
        """The item under a key; None where there is none."""

    async def adelete(self, namespace: tuple[str, ...], key: str) -> None:
        """Take it away."""


def asking(letters: Letters, errand: str) -> Asking:
    """Waits for the answers to one errand's requests."""
    return partial(_answer, letters, (*NAMESPACE, errand))


async def _answer(letters: Letters, namespace: tuple[str, ...], passage: str) -> Trouble | None:
    while (item := await letters.aget(namespace, passage)) is None:  # noqa: ASYNC110
        # Nobody can call here: the answer comes from another process.
        await asyncio.sleep(LOOK_AGAIN)
    await letters.adelete(namespace, passage)
    trouble = item.value["trouble"]
    return None if trouble is None else Trouble.model_validate(trouble)
