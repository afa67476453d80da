"""What is known of models by their ids: the rungs of the ladder that can work at all.

A model that is not here starts at the top; what its endpoint refuses teaches the rest. The table
only saves requests that are known to fail, so it names families whose makers say so, and no more.
Ids come as the maker writes them, with an OpenRouter slug's maker in front and its variant behind.
"""

import re

from arena.llm.client import LADDER
from arena.records.chat import Rung

_NO_SCHEMA = LADDER[1:]
_NO_TOOLS: tuple[Rung, ...] = ("json_schema", "json_mode", "prompt")
_WORDS_ONLY: tuple[Rung, ...] = ("prompt",)

_KNOWN: tuple[tuple[re.Pattern[str], tuple[Rung, ...]], ...] = tuple(
    (re.compile(rf"(^|/)({families})([:@].*)?$", re.IGNORECASE), rungs)
    for families, rungs in (
        # OpenAI: strict schemas came with gpt-4o-2024-08-06; the first o1 models took neither tools nor formats.
        (r"gpt-3\.5-turbo.*|gpt-4|gpt-4-\d+.*|gpt-4-turbo.*|gpt-4o-2024-05-13", _NO_SCHEMA),
        (r"o1-mini.*|o1-preview.*|chatgpt-4o-latest", _WORDS_ONLY),
        # Anthropic: tools since Claude 3, schemas only since 4.5; Claude 2 has neither.
        (r"claude-3.*|claude-(sonnet|opus)-4|claude-(sonnet|opus)-4-2025\d+|claude-opus-4\.1", _NO_SCHEMA),
        (r"claude-2.*|claude-instant.*", _WORDS_ONLY),
        # DeepSeek's own endpoint takes tools and JSON mode; R1 took no tools, its distillates no formats either.
        (r"deepseek-chat.*|deepseek-v3.*", _NO_SCHEMA),
        (r"deepseek-r1-distill.*", _WORDS_ONLY),
        (r"deepseek-r1(-zero)?|deepseek-reasoner", ("json_mode", "prompt")),
        # Perplexity answers in schemas and calls nobody's tools but its own.
        (r"sonar.*|r1-1776", _NO_TOOLS),
        (r"gemma-?2?-\d+b.*|llama-2.*|phi-[34].*|mythomax.*|wizardlm.*", _WORDS_ONLY),
    )
)


def known_ladder(model: str) -> tuple[Rung, ...]:
    """The rungs that may work for a model id, best first; all of them where nothing is known."""
    return next((rungs for pattern, rungs in _KNOWN if pattern.search(model)), LADDER)
