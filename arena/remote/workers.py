"""The way to the workers of a Ray cluster: desks are dealt out to them, and one that is lost gets a successor.

Ray itself starts nothing again and tries nothing again: a desk that was lost has told of calls and spent money, and
whoever ran it runs it again with a record of its own.
"""

import asyncio
import threading
import time
from collections.abc import AsyncGenerator, Callable, Sequence
from concurrent.futures import Future
from typing import Any

from arena.config.executors import LocalExecutor, RayExecutor
from arena.config.model import ArenaConfig
from arena.errors import DeskLostError, ModelError, UsageError
from arena.remote import cluster
from arena.remote.errand import Errand
from arena.remote.events import Ended, Event
from arena.remote.host import Host
from arena.remote.worker import Running, Worker
from arena.tape.exchange import Trouble
from arena.version import code_version
from prompts.loader import prompts_hash

_AT_ONCE = 100_000
"""Calls of a worker that may be under way: far more than there are desks, since answers to them are calls too."""

_START_SECONDS = 120.0
"""For the first worker to be ready: on a machine that has just begun to read the packages it takes a while."""

_OTHERS_SECONDS = 10.0
"""For the others beside it, so that one that cannot hold desks is found out; later they join as they come."""

Making = Callable[[str], Host]
"""Makes, in a worker, what runs errands from a configuration's JSON."""


class Workers:
    """Errands to workers. See `arena.remote.way.Way` for the contract."""

    def __init__(self, settings: RayExecutor, config: ArenaConfig, make: Making) -> None:
        """Workers run desks of `config`; `make` is a function that they can import."""
        self._settings = settings
        self._config = _of_workers(config).model_dump_json()
        self._make = make
        self._here = Running("here", "", "")
        self._posts: list[_Post] = []
        self._at: dict[str, _Post] = {}
        self._closed = False
        self._opening = threading.Lock()
        self._changing = threading.Lock()

    @property
    def place(self) -> str:
        """The cluster."""
        return f"the Ray cluster at {self._settings.address or 'this machine'}"

    async def open(self) -> None:
        """Have a worker ready; the others follow. Raises UsageError where there can be none."""
        if not self._posts:
            await _aside(self._open)

    async def events(self, errand: Errand) -> AsyncGenerator[Event]:
        """Run it at the worker that holds the fewest desks, and give what that tells."""
        from ray.exceptions import RayError, RayTaskError  # noqa: PLC0415  imported by now

        post, through = await self._free(), False
        self._at[errand.id] = post
        post.desks += 1
        try:
            async for part in post.worker.run.options(num_returns="streaming").remote(errand.id, errand.packed()):
                for event in await part:
                    through = isinstance(event, Ended)
                    yield event
        except RayTaskError as error:
            raise ModelError(
                "internal", f"the worker at {post.where} has a fault: {cluster.first_line(error)}"
            ) from error
        except RayError as error:
            self._replace(post)
            if not through:
                raise DeskLostError(f"the worker at {post.where} was lost") from error
        finally:
            post.desks -= 1
            del self._at[errand.id]
            if not through:
                post.worker.call_off.remote(errand.id)

    async def answer(self, errand: Errand, passage: str, trouble: Trouble | None) -> None:
        """Send it there. A desk that is lost or over needs none."""
        if (post := self._at.get(errand.id)) is not None:
            post.worker.answer.remote(errand.id, passage, trouble)

    async def aclose(self) -> None:
        """Nothing of it lives in an event loop."""

    def close(self) -> None:
        """End the workers; the cluster ends with the process."""
        with self._changing:
            self._closed = True
            posts, self._posts = self._posts, []
        for post in posts:
            post.end()

    def _open(self) -> None:
        with self._opening:
            if self._posts or self._closed:
                return
            cluster.connect(self._settings)
            self._here = Running("here", code_version(), prompts_hash())
            posts = [self._post() for _ in range(self._settings.workers or cluster.cpus())]
            try:
                self._begun(posts)
            except BaseException:
                for post in posts:
                    post.end()
                raise
            with self._changing:
                self._posts = posts

    def _begun(self, posts: "Sequence[_Post]") -> None:
        """Wait until one is ready, and a little for the others. Raises UsageError where one cannot be."""
        end, some = time.monotonic() + _START_SECONDS, False
        while time.monotonic() < end:
            ready = [post.ready() for post in posts]
            if failure := next((post.failure for post in posts if post.failure), None):
                raise UsageError(failure)
            if self._closed:
                raise UsageError("this Arena has been closed; make another one")
            if all(ready):
                return
            if any(ready) and not some:
                some, end = True, time.monotonic() + _OTHERS_SECONDS
            time.sleep(0.02)
        if not some:
            raise UsageError(
                f"{self.place} has started no worker within {_START_SECONDS:g} s: it needs a free CPU for one, and "
                "`ray status` shows what is taken"
            )

    def _post(self) -> "_Post":
        import ray  # noqa: PLC0415  imported by now

        # A cluster of others gives a worker a CPU of its own; on ours there is nothing else to run.
        cpus = 1 if self._settings.address else 0
        actor = ray.remote(num_cpus=cpus, max_restarts=0, max_task_retries=0, max_concurrency=_AT_ONCE)(Worker)
        return _Post(actor.remote(self._make, self._config), self._here)

    async def _free(self) -> "_Post":
        """The worker with the fewest desks of those that are ready; waits for one where none is."""
        while True:
            posts = self._posts
            if not posts:
                raise ModelError("internal", f"the workers of {self.place} have been ended: this Arena was closed")
            ready = [post for post in posts if post.ready()]
            if ready:
                return min(ready, key=lambda post: post.desks)
            if all(post.failure for post in posts):
                self._replace(posts[0])
                raise ModelError("provider_error", f"{self.place} has no worker left: {posts[0].failure}")
            await asyncio.sleep(0.05)

    def _replace(self, lost: "_Post") -> None:
        """Start a successor of a lost worker, once for all who miss it, and of those that did not start."""
        with self._changing:
            if lost not in self._posts:
                return
            lost.end()
            self._posts = [self._post() if post is lost or post.failure else post for post in self._posts]


def _of_workers(config: ArenaConfig) -> ArenaConfig:
    """What workers run under: limits hold over all of them, so they are kept where requests are let pass."""
    free = {"concurrency": None}
    endpoints = {
        name: endpoint.model_copy(update={**free, "requests_per_minute": None})
        for name, endpoint in config.endpoints.items()
    }
    contestants = tuple(contestant.model_copy(update=free) for contestant in config.contestants)
    here = {"executor": LocalExecutor(), "home": config.home.absolute()}
    return config.model_copy(update={**here, "endpoints": endpoints, "contestants": contestants})


class _Post:
    """A worker, and how many desks it holds."""

    def __init__(self, worker: Any, here: Running) -> None:
        """`here` is what must run there too."""
        self.worker = worker
        self.desks = 0
        self.where = "an unknown place"
        """The machine and the process."""
        self.failure = ""
        """Why it can hold no desk."""
        self._here = here
        self._asked = worker.running.remote()
        self._is_ready = False

    def ready(self) -> bool:
        """Whether it has said that it is; does not wait."""
        import ray  # noqa: PLC0415  imported by now

        if not self._is_ready and not self.failure and ray.wait([self._asked], timeout=0)[0]:
            try:
                self._hear(ray.get(self._asked))
            except ray.exceptions.RayError as error:
                self.failure = f"a worker cannot start: {cluster.first_line(error)}"
        return self._is_ready

    def end(self) -> None:
        """End its process, if there is one yet."""
        import ray  # noqa: PLC0415  imported by now

        ray.kill(self.worker)

    def _hear(self, running: Running) -> None:
        self.where = running.where
        differ = [name for name in ("code", "prompts") if getattr(running, name) != getattr(self._here, name)]
        self._is_ready = not differ
        if differ:
            self.failure = (
                f"the worker at {running.where} has other {' and '.join(differ)} than this arena: install the same "
                "version on every node of the Ray cluster"
            )


async def _aside(work: Callable[[], None]) -> None:
    """Do work on a thread of its own, as asyncio.to_thread does; but whoever is called off does not wait for its end.

    A thread of the event loop's own would be waited for when the loop ends, and a cluster takes its time to start.
    """
    done: Future[None] = Future()

    def through() -> None:
        try:
            work()
        except BaseException as error:  # noqa: BLE001 -- raised where it is waited for
            failure: BaseException | None = error
        else:
            failure = None
        if not done.set_running_or_notify_cancel():
            return
        if failure is None:
            done.set_result(None)
        else:
            done.set_exception(failure)

    threading.Thread(target=through, name="arena-workers", daemon=True).start()
    await asyncio.wrap_future(done)
