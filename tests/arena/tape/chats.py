"""Chat tapes for tests: a conversation in two turns, an error, and a call that was cut off."""

from decimal import Decimal

from langchain_core.messages import AIMessage, HumanMessage, SystemMessage, ToolMessage

from arena.config.desks import DeskSettings
from arena.tape.exchange import ChatTape, Exchange, TapeLabel, Trouble
from tests.arena.desks import brief

HOUSE = "You sit at one desk of ModelChat Arena, where language models trade the same stock on the same facts." * 3
DATA = "\n".join(f"2025-10-{day:02d},187.{day},190.1,183.2,188.{day},1200{day}" for day in range(1, 29))
PROMPT = (SystemMessage(HOUSE), HumanMessage(f"# Brief\n\nTicker NVDA.\n\n## data\n\n{DATA}"))
LOOKS = AIMessage("", tool_calls=[{"name": "look", "args": {"days": 5}, "id": "a"}])
TOOLS = {"tools": [{"type": "function", "function": {"name": "look", "description": HOUSE}}]}


def exchange(number, *, prompt=PROMPT, **changes):
    known = {
        "call_id": f"call-{number}",
        "role": "market_analyst",
        "request": f"{number:064x}",
        "model": "maker/model",
        "rung": "tool_call",
        "prompt": prompt,
        "options": TOOLS,
        "started": 2 * number,
        "ended": 2 * number + 1,
        "latency": 0.25,
    }
    return Exchange(**{**known, **changes})


def chat_tape(chat_id="trial.one"):
    turn = (*PROMPT, LOOKS, ToolMessage(DATA, tool_call_id="a"))
    trouble = Trouble(
        kind="ModelError", message="HTTP 402", reason="budget", attempts=(("HTTP 502", 0.5, Decimal("0.001")),)
    )
    return ChatTape(
        chat_id=chat_id,
        label=TapeLabel(brief=brief(), desk=DeskSettings(), desk_seconds=5.0, call_seconds=None),
        exchanges=(
            exchange(0, reply=LOOKS),
            exchange(1, prompt=turn, reply=AIMessage("As the data shows.", additional_kwargs={"reasoning": "Hm."})),
            exchange(2, role="trader", trouble=trouble, rung=None),
            exchange(3, role="bull_researcher", ended=None, latency=None),
        ),
    )
