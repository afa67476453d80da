"""Reads and fills the Markdown prompts; a value that is missing or unknown raises."""

import hashlib
from functools import cache
from importlib import resources
from string import Formatter


class PromptError(ValueError):
    """A prompt was asked for with the wrong values, or does not exist."""


def render(name: str, /, **values: str) -> str:
    """The prompt with every `{placeholder}` filled. Raises PromptError unless the values match exactly."""
    template, wanted = _template(name), _fields(name)
    if missing := sorted(wanted - values.keys()):
        raise PromptError(f"the prompt {name} needs a value for {', '.join(missing)}")
    if unknown := sorted(values.keys() - wanted):
        raise PromptError(f"the prompt {name} has no place for {', '.join(unknown)}")
    return template.format_map(values).strip()


@cache
def prompts_hash() -> str:
    """The SHA-256 of all prompts, in hex: two rounds with the same one asked in the same words."""
    digest = hashlib.sha256()
    for name in names():
        digest.update(f"{name}\0{_template(name)}\0".encode())
    return digest.hexdigest()


@cache
def names() -> tuple[str, ...]:
    """Every prompt there is, in order of name."""
    files = (file.name for file in resources.files(__package__).iterdir())
    return tuple(sorted(file.removesuffix(".md") for file in files if file.endswith(".md")))


@cache
def _fields(name: str) -> frozenset[str]:
    return frozenset(field for _, field, _, _ in Formatter().parse(_template(name)) if field is not None)


@cache
def _template(name: str) -> str:
    if name not in names():
        raise PromptError(f"there is no prompt {name}; there are {', '.join(names())}")
    return resources.files(__package__).joinpath(f"{name}.md").read_text(encoding="utf-8")
