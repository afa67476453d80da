"""Where the pages may be bound, which names they answer to there, and what opens them."""

import ipaddress
from collections.abc import Collection, Mapping, Sequence

from arena.errors import MissingKeyError, UsageError

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})

_SHORTEST = 12
"""Characters of a token."""


def tokens_of(names: Sequence[str], environ: Mapping[str, str]) -> tuple[str, ...]:
    """The tokens that these environment variables hold. MissingKeyError where one holds none."""
    found = []
    for name in names:
        token = environ.get(name, "").strip()
        if not token:
            raise MissingKeyError(f"the environment variable {name} holds no token; export it, then serve again")
        if len(token) < _SHORTEST:
            raise UsageError(f"the token in {name} is shorter than {_SHORTEST} characters: anybody could guess it")
        found.append(token)
    return tuple(found)


def hosts_for(host: str, allowed: Collection[str], *, guarded: bool) -> frozenset[str] | None:
    """The names the pages answer to; None for all, where a token guards them.

    Another site that takes our address for its name has no cookie of ours. UsageError where the address is open to
    others and no token guards it.
    """
    if guarded:
        return None
    if not is_loopback(host):
        raise UsageError(
            f"{host} can be reached by others: put a token into an environment variable, say ARENA_TOKEN, and serve "
            "with --token-env ARENA_TOKEN; or leave --host out"
        )
    return frozenset({*LOOPBACK, host.strip("[]").lower(), *allowed})


def is_loopback(host: str) -> bool:
    """Whether an address is this machine's own."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
