"""Keys do not belong in configuration files: what looks like one is recognised here, and never shown.

A guess by shape and by name. It errs towards refusing: a file is easily changed, a leaked
key is not easily taken back.
"""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

_KEY_SHAPE = re.compile(
    r"(?<![^\s=:,\"'(\[])(?:sk-[\w-]+|(?:gsk_|xai-|nvapi-|pplx-|hf_|AIza|xox[a-z]-|sb_secret_)[\w-]{16,})"
    r"|(?<!\d)\d{6,}:[\w-]{30,}"  # a Telegram bot's
    r"|(?<![\w-])eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}"  # a JSON Web Token
    r"|(?i:bearer|basic)\s+[\w+/=.~-]{8,}"
    r"|(?<=://)[^/\s:@]*:[^/\s@]+(?=@)"
    r"|(?i:(?<=[?&]key=)|(?<=[?&]apikey=)|(?<=[?&]api_key=)|(?<=[?&]token=))[^&\s(]+"
)
"""Keys by their makers' prefixes, bearer and basic credentials, passwords and keys inside an address."""

_KEY_NAMES = re.compile(r"(api_?key|authorization|password|secret(_?key)?|(access|auth|bot)_?token|cookie)$|^token$")

_KEY_VARIABLES = re.compile(r"(^|_)(KEY|APIKEY|TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE|CREDENTIALS?)$", re.IGNORECASE)
_SHORTEST = 8
"""Characters of a value that is taken for a key; shorter ones are switches and stand in ordinary words."""

HIDDEN = "(not shown)"


def holds_secret(text: str) -> bool:
    """Whether a key seems to be written in the text."""
    return _KEY_SHAPE.search(text) is not None


def names_secret(key: str) -> bool:
    """Whether a setting of this name would hold a key itself, such as `Authorization`; `api_key_env` would not."""
    return _KEY_NAMES.search(key.lower().replace("-", "_")) is not None


def redacted(text: str) -> str:
    """The text with every seeming key replaced."""
    return _KEY_SHAPE.sub(HIDDEN, text)


class Secrets:
    """The values of everything in an environment that is called like a secret, to be cut from what others wrote."""

    def __init__(self, *environs: Mapping[str, str]) -> None:
        """Those of `OPENAI_API_KEY`, `HF_TOKEN`, `DB_PASSWORD` and the like, as they are and as an address has them."""
        found = {value.strip() for known in environs for name, value in known.items() if _KEY_VARIABLES.search(name)}
        whole = {value for value in found if len(value) >= _SHORTEST}
        # The longest first: one key may be the beginning of another.
        self._values = sorted(whole | {quote(value, safe="") for value in whole}, key=len, reverse=True)

    def among(self, text: str) -> bool:
        """Whether one of them, or what looks like a key, stands in the text."""
        return any(value in text for value in self._values) or holds_secret(text)

    def cut(self, text: str) -> str:
        """The text without them, and without what looks like a key."""
        for value in self._values:
            text = text.replace(value, HIDDEN)
        return redacted(text)

    def cut_from(self, content: Any) -> Any:
        """Plain content with every text in it cut; what is of another type stays as it is."""
        match content:
            case str():
                return self.cut(content)
            case dict():
                return {name: self.cut_from(value) for name, value in content.items()}
            case list():
                return [self.cut_from(value) for value in content]
            case _:
                return content
