"""Keys do not belong in configuration files: what looks like one is recognised here, and never shown.

A guess by shape and by name. It errs towards refusing: a file is easily changed, a leaked
key is not easily taken back.
"""

import re

_KEY_SHAPE = re.compile(
    r"(?<![^\s=:,\"'(\[])(?:sk-[\w-]+|(?:gsk_|xai-|nvapi-|pplx-|hf_|AIza)[\w-]{16,})"
    r"|(?i:bearer|basic)\s+[\w+/=.~-]{8,}"
    r"|(?<=://)[^/\s:@]*:[^/\s@]+(?=@)"
    r"|(?i:(?<=[?&]key=)|(?<=[?&]apikey=)|(?<=[?&]api_key=)|(?<=[?&]token=))[^&\s(]+"
)
"""Keys by their makers' prefixes, bearer and basic credentials, passwords and keys inside an address."""

_KEY_NAMES = re.compile(r"(api_?key|authorization|password|secret(_?key)?|(access|auth|bot)_?token|cookie)$|^token$")

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
