import pytest

from arena.llm.capabilities import known_ladder
from arena.llm.client import LADDER


@pytest.mark.parametrize(
    ("model", "first", "tools"),
    [
        ("openai/gpt-5.1", "json_schema", True),
        ("openai/gpt-4o", "json_schema", True),
        ("openai/gpt-4", "tool_call", True),
        ("openai/gpt-3.5-turbo-0613", "tool_call", True),
        ("o1-mini", "prompt", False),
        ("anthropic/claude-3.5-sonnet:beta", "tool_call", True),
        ("anthropic/claude-sonnet-4", "tool_call", True),
        ("anthropic/claude-sonnet-4.5", "json_schema", True),
        ("deepseek/deepseek-chat", "tool_call", True),
        ("deepseek/deepseek-r1:free", "json_mode", False),
        ("deepseek/deepseek-r1-distill-llama-70b", "prompt", False),
        ("perplexity/sonar-pro", "json_schema", False),
        ("google/gemma-2-9b-it", "prompt", False),
        ("google/gemini-2.5-pro", "json_schema", True),
        ("somebody/unheard-of", "json_schema", True),
    ],
)
def test_a_model_starts_at_the_first_rung_that_can_work(model, first, tools):
    rungs = known_ladder(model)
    assert (rungs[0], "tool_call" in rungs) == (first, tools)
    assert list(rungs) == [rung for rung in LADDER if rung in rungs]
    assert rungs[-1] == "prompt"
