"""Methods for code without an event loop, made of those for code with one, so that each is written once."""

import asyncio
from collections.abc import Callable, Coroutine
from functools import wraps
from inspect import getdoc
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

from arena.errors import UsageError


class Connected(Protocol):
    """Whoever holds connections that live in an event loop."""

    async def hang_up(self) -> None:
        """Close the connections that the running event loop opened."""


Owner = TypeVar("Owner", bound=Connected)
Given = ParamSpec("Given")
Answer = TypeVar("Answer")


def waited(
    method: Callable[Concatenate[Owner, Given], Coroutine[Any, Any, Answer]],
) -> Callable[Concatenate[Owner, Given], Answer]:
    """The method under its name without the leading `a`, run in an event loop that ends with it.

    Inside a running event loop it raises UsageError.
    """

    @wraps(method)
    def and_wait(owner: Owner, /, *args: Given.args, **kwargs: Given.kwargs) -> Answer:
        _refuse_inside_a_loop(method.__name__)
        return _to_the_end(owner, method(owner, *args, **kwargs))

    and_wait.__name__ = method.__name__.removeprefix("a")
    and_wait.__qualname__ = method.__qualname__.replace(method.__name__, and_wait.__name__)
    and_wait.__doc__ = f"As `{method.__name__}`, from code without an event loop.\n\n{getdoc(method)}"
    return and_wait


def _refuse_inside_a_loop(name: str) -> None:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return
    raise UsageError(f"an event loop is running here (a notebook?): await {name}, which takes the same arguments")


def _to_the_end(owner: Connected, coroutine: Coroutine[Any, Any, Answer]) -> Answer:
    """Run the coroutine in a loop that ends with it, and takes its connections with it."""
    answers: list[Answer] = []

    async def answer() -> None:
        try:
            answers.append(await coroutine)
        finally:
            await owner.hang_up()

    # asyncio.run formats the task's result while it gives back Ctrl-C: a whole round's, were it returned here.
    asyncio.run(answer())
    return answers[0]
