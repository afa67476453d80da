"""Settings of what leaves the machine: messages, the cloud copy, and the outbox both wait in.

None of them changes a result. Keys come from the environment, by the names given here.
"""

from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import Field, field_validator, model_validator

from arena.config.kinds import Address, Name, Seconds, VariableName
from arena.records.base import Record

TimeOfDay = Annotated[str, Field(pattern=r"^(?:[01][0-9]|2[0-3]):[0-5][0-9]$")]
"""Hours and minutes, such as 22:00."""


class OutboxSettings(Record):
    """How what leaves the machine is sent: beside the round, once or, where a process is killed, once more."""

    send_seconds: Seconds = 20.0
    """The longest one sending may take."""
    wait_seconds: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 5.0
    """How long a command waits at its end for what is being sent; the rest goes with the next command."""
    retry_delay: Seconds = 2.0
    """Seconds before the first retry; doubles with each up to an hour, unless the server names a wait."""
    keep_days: Annotated[int, Field(ge=1)] = 30
    """Days after which what was sent is forgotten."""


class TelegramSettings(Record):
    """Messages to a Telegram chat, by a bot that is a member of it."""

    chat_id: Annotated[str, Field(pattern=r"^(?:-?[0-9]{1,20}|@[A-Za-z0-9_]{2,64})$")]
    """The chat's number, in quotes, or its public @name."""
    token_env: VariableName = "TELEGRAM_BOT_TOKEN"  # noqa: S105 -- a variable's name
    """The environment variable with the bot's token."""
    base_url: Address = "https://api.telegram.org"
    """Where the Bot API is."""


class SlackSettings(Record):
    """Messages to a Slack channel, by an app that may write there (scope chat:write)."""

    channel: Annotated[str, Field(pattern=r"^#?[^\s#]{1,80}$")]
    """The channel's id or its #name, in quotes."""
    token_env: VariableName = "SLACK_BOT_TOKEN"  # noqa: S105 -- likewise
    """The environment variable with the app's bot token."""
    base_url: Address = "https://slack.com/api"
    """Where the Web API is."""


class AppriseSettings(Record):
    """Messages to any other service that the package apprise knows, as plain text."""

    url_env: VariableName
    """The environment variable with the service's apprise URL, which holds its key."""


class QuietHours(Record):
    """When messages wait in the outbox."""

    start: TimeOfDay
    """From this time on, such as '22:00'."""
    end: TimeOfDay
    """Until this time, of the next day where it is the earlier one."""
    time_zone: str = "UTC"
    """Of both, such as Europe/Berlin."""

    @field_validator("time_zone")
    @classmethod
    def _is_known(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (KeyError, ValueError, OSError):
            raise ValueError(f"{name!r} is no time zone; name one such as Europe/Berlin") from None
        return name

    @model_validator(mode="after")
    def _end_some_time(self) -> Self:
        if self.start == self.end:
            raise ValueError(f"quiet hours from {self.start} to {self.end} never end; leave them out for none")
        return self


class NotifySettings(Record):
    """Messages after a round: who said what, what they say together, and how the leaderboard moved."""

    telegram: TelegramSettings | None = None
    slack: SlackSettings | None = None
    apprise: dict[Name, AppriseSettings] = {}
    """Other services by a name of your choice; needs the extra notify."""
    rounds: Literal["all", "present"] = "all"
    """all, or only those of the last completed session, so that a season over past dates is not announced."""
    only_on_change: bool = False
    """Whether a round is announced only where a decision, a consensus or a rank is not as it was the round before."""
    quiet_hours: QuietHours | None = None
    reason: Annotated[int, Field(ge=0, le=1000)] = 100
    """Characters shown of each decision's reason, in rounds of up to forty desks; 0 shows none."""
    base_url: Address | None = None
    """Where the pages are served, for a link in each message; null for none."""


class SupabaseSettings(Record):
    """A copy of chats, rounds, fills and standings in a Supabase project; `arena supabase schema` prints its tables."""

    url_env: VariableName = "SUPABASE_URL"
    """The environment variable with the project's address."""
    key_env: VariableName = "SUPABASE_SERVICE_KEY"
    """The environment variable with the key that may write (service_role, or a secret key)."""
    prompts: bool = True
    """Whether the prompts of chats are copied too; by default nobody reads them there without that key."""
