"""The Ray cluster this process is connected to: one of its own, or one that is there already.

A process has one connection to Ray. A cluster of its own listens on loopback, behind a token that nobody else can
read, keeps its files in a folder that goes with it, and ends with the process, however that ends.
"""

import atexit
import importlib.util
import logging
import os
import secrets
import shutil
import socket
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any

from arena.config.executors import RayExecutor
from arena.errors import UsageError

_OBJECTS = 256 * 2**20
"""Bytes of shared memory for what is on its way: briefs with their facts."""

_INIT_SECONDS = 120.0
"""For a cluster to be started or joined: some seconds do, on a machine that is not hard at work."""

_SHORT = "/tmp"  # noqa: S108 -- a folder of its own is made in it
"""Where its files are: a socket's path may have 107 letters, of which Ray takes eighty."""

_PREFIX = "arena-ray-"
"""How its folder is called; behind it the process, and what makes it unique."""

_lock = threading.Lock()


def connect(settings: RayExecutor) -> None:
    """Connect this process, unless it is connected. Blocks for some seconds. Raises UsageError where it cannot be."""
    if importlib.util.find_spec("ray") is None:
        raise UsageError("executor: ray needs the extra ray: pip install -e '.[ray]' in a clone")
    with _lock:
        _quiet()
        if settings.address is None:
            _started(settings.workers or _cpus_here())
        else:
            _joined(settings.address)


def cpus() -> int:
    """The CPUs of the cluster this process is connected to."""
    import ray  # noqa: PLC0415  imported by now

    return max(1, int(ray.cluster_resources().get("CPU", 1)))


def first_line(error: BaseException) -> str:
    """What an error of Ray says, without the pages after it."""
    return f"{type(error).__name__}: {(str(error).strip() or 'no reason given').splitlines()[0]}"


def _cpus_here() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _quiet() -> None:
    """Keep its daemons from writing on our terminal, and to Ray's makers; what they have to say is in log files."""
    # Read once, when Ray is imported: lines of its daemons would come out on stdout, between a command's own.
    os.environ.setdefault("RAY_DEDUP_LOGS_SKIP_REGEX", "(?s).")
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"


def _started(workers: int) -> None:
    if "ray" in sys.modules and sys.modules["ray"].is_initialized():
        return
    where = Path(_SHORT if Path(_SHORT).is_dir() else tempfile.gettempdir())
    _sweep(where)
    folder = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-", dir=where))
    atexit.register(_end, folder)
    _shut_off(folder)
    _on_a_lasting_thread(
        address="local",
        num_cpus=workers,
        num_gpus=0,
        object_store_memory=_OBJECTS,
        _temp_dir=str(folder),
    )


def _sweep(where: Path) -> None:
    """Remove what clusters have left whose process was killed; their daemons ended with it."""
    for folder in where.glob(f"{_PREFIX}*-*"):
        process = folder.name.removeprefix(_PREFIX).partition("-")[0]
        if process.isdecimal() and not _lives(int(process)):
            shutil.rmtree(folder, ignore_errors=True)


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def _shut_off(folder: Path) -> None:
    """Let nobody else in. Ray reads all of this once, when it is imported."""
    if "ray" in sys.modules:
        # A script has imported it, and Ray's own defaults hold: a token in its user's home.
        return
    token = folder / "token"
    token.touch(mode=0o600)
    token.write_text(secrets.token_hex(32))
    # The last one gives a cluster the loopback address, and by that to all its sockets; despite its name.
    os.environ |= {
        "RAY_AUTH_MODE": "token",
        "RAY_AUTH_TOKEN_PATH": str(token),
        "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0",
    }


def _joined(address: str) -> None:
    if "ray" in sys.modules and sys.modules["ray"].is_initialized():
        here = sys.modules["ray"].get_runtime_context().gcs_address
        if address not in {"auto", here}:
            raise UsageError(f"this process is connected to the Ray cluster at {here}, and cannot be to {address} too")
        return
    _refuse_silence(address)
    _on_a_lasting_thread(address=address)
    atexit.register(sys.modules["ray"].shutdown)


def _refuse_silence(address: str) -> None:
    """Ray itself would try for ten minutes."""
    if address == "auto":
        return
    host, _, port = address.rpartition(":")
    try:
        socket.create_connection((host, int(port)), timeout=10).close()
    except (OSError, OverflowError) as error:
        raise UsageError(f"{_why(address)}: nothing answers there ({error})") from None


def _on_a_lasting_thread(**settings: Any) -> None:
    """Call ray.init on a thread that lives as long as the process, and wait for it.

    The daemons of a cluster are killed by the kernel when the thread that started them ends; one of a pool ends with
    its event loop.
    """
    done, failed = threading.Event(), list[BaseException]()

    def begin() -> None:
        try:
            import ray  # noqa: PLC0415  half a second, and only who uses it pays

            # To be imported sets it to INFO.
            logging.getLogger("ray").setLevel(logging.CRITICAL)
            ray.init(**settings, include_dashboard=False, log_to_driver=False, configure_logging=False)
        except BaseException as error:  # noqa: BLE001 -- raised again where it is waited for
            failed.append(error)
        finally:
            done.set()
        threading.Event().wait()

    threading.Thread(target=begin, name="arena-ray", daemon=True).start()
    where = settings["address"]
    told = "a Ray cluster cannot be started on this machine" if where == "local" else _why(where)
    if not done.wait(_INIT_SECONDS):
        raise UsageError(f"{told}: it took more than {_INIT_SECONDS:g} s")
    for error in failed:
        raise UsageError(f"{told}: {first_line(error)}") from error


def _why(address: str) -> str:
    return (
        f"no Ray cluster can be joined at {address} (executor.address; this machine must be one of its nodes, with the "
        "Ray and the Python that it runs)"
    )


def _end(folder: Path) -> None:
    """End the cluster. One that is still being started ends with the process: the kernel sees to that."""
    if "ray" in sys.modules and sys.modules["ray"].is_initialized():
        sys.modules["ray"].shutdown()
    shutil.rmtree(folder, ignore_errors=True)
