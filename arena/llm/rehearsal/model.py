"""The chat model behind which the rules sit."""

import json
from collections.abc import Sequence
from typing import Any

from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, ToolMessage
from langchain_core.outputs import ChatGeneration, ChatResult

from arena.config.contestants import RehearsalStyle
from arena.llm.rehearsal import figures, roles
from arena.llm.rehearsal.styles import STYLES

_LOOKS: dict[str, tuple[dict[str, Any], ...]] = {
    "price_history": ({"sessions": 60},),
    "indicator": (
        {"name": "sma", "window": 50, "sessions": 3},
        {"name": "rsi", "window": None, "sessions": 3},
        {"name": "macd", "window": None, "sessions": 3},
    ),
    "statements": (
        {"kind": "income", "period": "quarter", "count": 5},
        {"kind": "cash_flow", "period": "quarter", "count": 5},
    ),
    "ratios": ({},),
    "earnings": ({"count": 4},),
    "insiders": ({"count": 10},),
    "posts": ({"limit": 30},),
    "news_search": ({"about": "company", "query": "", "limit": 30},),
    "social_sentiment": ({"days": 14},),
}
"""What a stand-in asks of each tool it is offered."""


class RehearsalChatModel(BaseChatModel):
    """A LangChain chat model that answers by rules. It tells no tokens, since it uses none."""

    style: RehearsalStyle

    @property
    def _llm_type(self) -> str:
        return "rehearsal"

    @property
    def _identifying_params(self) -> dict[str, Any]:
        return {"model": f"rehearsal/{self.style}"}

    def bind_tools(self, tools: Sequence[Any], **kwargs: Any) -> Any:
        """Tools travel as OpenAI function schemas in the call's options, like everything else."""
        return self.bind(tools=list(tools), **kwargs)

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,  # noqa: ARG002 -- part of the interface
        run_manager: CallbackManagerForLLMRun | None = None,  # noqa: ARG002 -- part of the interface
        **kwargs: Any,
    ) -> ChatResult:
        return ChatResult(generations=[ChatGeneration(message=self._reply(messages, kwargs.get("tools") or []))])

    async def _agenerate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,  # noqa: ARG002 -- part of the interface
        **kwargs: Any,
    ) -> ChatResult:
        return self._generate(messages, stop, None, **kwargs)

    def _reply(self, messages: list[BaseMessage], tools: Sequence[dict[str, Any]]) -> AIMessage:
        style = STYLES[self.style]
        prompt = "\n\n".join(message.text for message in messages if message.type == "human")
        role = figures.role_in(prompt)
        offered = [tool["function"]["name"] for tool in tools]
        if role in roles.SPEECHES:
            return AIMessage(roles.SPEECHES[role](style, prompt))
        if role in roles.FORMS:
            return _form(roles.FORMS[role](style, prompt), offered)
        if not role.endswith(" analyst"):
            raise ValueError(f"the rehearsal model knows no role {role!r}")
        looks = [name for name in offered if name in _LOOKS]
        seen = [str(message.text) for message in messages if isinstance(message, ToolMessage)]
        if looks and not seen:
            return _calls([(name, arguments) for name in looks for arguments in _LOOKS[name]])
        data = seen or figures.written_out(prompt)
        return _form(roles.report(role.removesuffix(" analyst"), style, prompt, data), offered)


def _form(content: dict[str, Any], offered: Sequence[str]) -> AIMessage:
    submit = next((name for name in offered if name.startswith("submit_")), None)
    return _calls([(submit, content)]) if submit else AIMessage(json.dumps(content))


def _calls(wanted: Sequence[tuple[str, dict[str, Any]]]) -> AIMessage:
    calls = [{"name": name, "args": args, "id": f"call_{number}"} for number, (name, args) in enumerate(wanted, 1)]
    return AIMessage(content="", tool_calls=calls)
