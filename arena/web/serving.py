"""What `arena serve` does: puts the pages on an address until it is interrupted."""

import socket
from collections.abc import Callable, Collection, Sequence

from arena.config.model import ArenaConfig
from arena.errors import UsageError
from arena.web.binding import hosts_for


def serve(
    config: ArenaConfig,
    host: str,
    port: int,
    *,
    tokens: Sequence[str] = (),
    allowed: Collection[str] = (),
    on_start: Callable[[str], None] = lambda _: None,
) -> None:
    """Serve the pages until interrupted; `on_start` is told where they are. UsageError where that cannot be."""
    hosts = hosts_for(host, allowed, guarded=bool(tokens))
    try:
        from arena.web.app import pages_app  # noqa: PLC0415  an extra
        from arena.web.live import Newsroom  # noqa: PLC0415  with the others
        from arena.web.reader import Reader  # noqa: PLC0415  with the others
        from arena.web.server import PagesServer, settle_in  # noqa: PLC0415  an extra
    except ImportError as error:
        raise UsageError(f'the pages need the extra `web` ({error.name} is missing): pip install -e ".[web]"') from None
    listening = _bound(host, port)
    shown = f"[{host}]" if ":" in host else host
    on_start(f"http://{shown}:{listening.getsockname()[1]}/")
    settle_in()
    reader = Reader(config)
    newsroom = Newsroom(reader)
    app = pages_app(reader, newsroom=newsroom, tokens=tokens, hosts=hosts, ahead=True)
    PagesServer(app, newsroom).run(sockets=[listening])


def _bound(host: str, port: int) -> socket.socket:
    try:
        return socket.create_server((host.strip("[]"), port), family=_family(host))
    except OSError as error:
        reason = error.strerror or str(error)
        raise UsageError(f"{host}:{port} cannot be bound ({reason}); choose another --port or --host") from None


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET
