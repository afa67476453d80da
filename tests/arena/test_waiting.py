"""Methods for code without an event loop: the same arguments and answers, in a loop that ends with the call."""

import asyncio
import inspect

import pytest

from arena.app import Arena
from arena.errors import UsageError
from arena.waiting import waited
from tests.arenas import rehearsal_arena


class Phone:
    """Says what was done, in order."""

    def __init__(self):
        self.done = []

    async def acall(self, number, *, times=1):
        """Call a number so many times."""
        self.done.append(asyncio.get_running_loop())
        if times < 1:
            raise ValueError("call at least once")
        return f"{number} " * times

    async def hang_up(self):
        self.done.append(asyncio.get_running_loop())

    call = waited(acall)


def test_it_takes_the_same_arguments_and_gives_the_same_answer():
    assert Phone().call("12", times=2) == asyncio.run(Phone().acall("12", times=2)) == "12 12 "
    assert inspect.signature(Phone.call) == inspect.signature(Phone.acall)


@pytest.mark.parametrize("times", [0, 1])
def test_connections_are_closed_in_the_loop_that_opened_them_whatever_happened(times):
    phone = Phone()
    try:
        phone.call("12", times=times)
    except ValueError:
        assert times == 0
    opened, closed = phone.done
    assert opened is closed
    assert closed.is_closed()


def test_help_shows_its_own_name_and_what_it_does():
    assert (Phone.call.__name__, Phone.call.__qualname__) == ("call", "Phone.call")
    assert inspect.getdoc(Phone.call) == (
        "As `acall`, from code without an event loop.\n\nCall a number so many times."
    )


def test_inside_an_event_loop_it_names_the_method_to_await_and_does_nothing():
    phone = Phone()

    async def inside():
        with pytest.raises(UsageError, match="await acall"):
            phone.call("12")

    asyncio.run(inside())
    assert phone.done == []


def test_an_option_that_does_not_exist_is_refused_not_ignored(tmp_path):
    with Arena(rehearsal_arena(tmp_path / "home"), environ={}) as arena:
        for play in (arena.run, arena.estimate, arena.replay_round):
            with pytest.raises(TypeError, match="contestant"):
                play(["NVDA"], contestant=["value"])
    assert not (tmp_path / "home").exists()
