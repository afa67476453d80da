"""What can go wrong, one class for each different reaction.

    ArenaError
    ├── UsageError              the person asked for something impossible: say so, exit code 1, write nothing
    │   ├── ConfigError         a config file or value is wrong
    │   ├── MissingKeyError     an environment variable with a key is not set
    │   ├── TickerError         not a ticker, or no vendor knows it
    │   └── DateError           no session, in the future, or behind the season's book
    ├── VendorError             a market vendor failed or is unreachable: ask the next in the chain
    │   └── NotCoveredError     the vendor does not offer this section at all
    │       └── NotSetUpError   it might, but its key is missing
    ├── ModelError              a model call failed for good: the desk ends in an Abstention of its `reason`
    │   ├── CapabilityError     the endpoint cannot do what was asked: take the next rung of the ladder
    │   └── DeskLostError       what held the desk is gone: run the desk again elsewhere
    ├── LedgerError             an invariant of the book is broken: stop, never repair quietly
    └── StoreError              the store is missing, locked, damaged or of another version

Messages say what, which, and what to do.
"""

from decimal import Decimal
from typing import Literal

AbstentionReason = Literal[
    "timeout", "rate_limited", "budget", "refused", "unparseable", "provider_error", "no_data", "internal"
]
"""Every way a desk can end without a decision."""


FailedAttempt = tuple[str, float, Decimal | None]
"""One request that failed: the error, the seconds waited after it, and the dollars it cost: what was told, 0 where
it was refused, None where nobody knows."""


class ArenaError(Exception):
    """The root: everything this project raises on purpose."""


class UsageError(ArenaError):
    """The person asked for something that cannot be done; nothing was written."""


class ConfigError(UsageError):
    """A config file or value is wrong."""


class MissingKeyError(UsageError):
    """An environment variable that holds a key is not set."""


class TickerError(UsageError):
    """Not a ticker, or no configured vendor knows it."""


class DateError(UsageError):
    """No session on that date, a date in the future, or one behind the season's book."""


class VendorError(ArenaError):
    """A market vendor failed: an outage, a limit, a refusal, or an answer that cannot be read."""


class NotCoveredError(VendorError):
    """The vendor does not offer this section at all, or not for this date."""


class NotSetUpError(NotCoveredError):
    """The vendor cannot be asked for want of its key: what it knows is unknown, not absent."""


class ModelError(ArenaError):
    """A model call failed for good.

    `reason` is the kind of Abstention the desk ends in when nobody can do better; `attempts` are the
    requests that failed before, as (error, seconds waited, dollars told or None); `stage` is the role that got no
    answer, where the failure is known to be its own.
    """

    stage: str | None = None

    def __init__(self, reason: AbstentionReason, message: str, attempts: tuple[FailedAttempt, ...] = ()) -> None:
        super().__init__(message)
        self.reason: AbstentionReason = reason
        self.attempts = attempts


class CapabilityError(ModelError):
    """The endpoint or the model cannot do what the request asked (a response format, tools)."""

    def __init__(self, message: str, attempts: tuple[FailedAttempt, ...] = ()) -> None:
        super().__init__("provider_error", message, attempts)


class DeskLostError(ModelError):
    """What held a desk is gone in the middle of it, and there is another place to run it from its beginning."""

    def __init__(self, message: str) -> None:
        super().__init__("provider_error", message)


class LedgerError(ArenaError):
    """An invariant of a book is broken; the message names the event that broke it."""


class StoreError(ArenaError):
    """The store is missing, locked, damaged, or of a version this code does not know."""
