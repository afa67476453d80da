"""How fast Python is here at the moment.

What a shared host gives may halve within minutes, and an interpreter that was built without profile-guided optimization
takes up to a quarter more: CPU and wall-clock figures can be compared only where this is about the same.
"""

import os
import platform
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

SECONDS = 1.0

_COUNT = f"""
import asyncio
from time import perf_counter

async def nothing():
    await asyncio.sleep(0)

async def count():
    end, tasks = perf_counter() + {SECONDS}, 0
    while perf_counter() < end:
        await asyncio.create_task(nothing())
        tasks += 1
    print(tasks)

asyncio.run(count())
"""


def told() -> str:
    """The interpreter, its speed on one core and on all at once, and the load, on one line."""
    alone, together = tasks(1), tasks(cores())
    python = f"{platform.python_implementation()} {platform.python_version()}"
    speed = f"{alone / 1000:.0f},000 tasks a second on a core and {together / 1000:.0f},000 on {cores()}"
    return f"{python} ends {speed}, load {os.getloadavg()[0]:.1f}"


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def tasks(processes: int) -> float:
    """Tasks of asyncio's that so many processes at once make and await in a second, together."""
    with ThreadPoolExecutor(processes) as waiting:
        return sum(waiting.map(lambda _: _counted(), range(processes))) / SECONDS


def _counted() -> int:
    done = subprocess.run([sys.executable, "-I", "-c", _COUNT], stdout=subprocess.PIPE, text=True, check=True)
    return int(done.stdout)
