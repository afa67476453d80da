"""ChatOpenAI, asked for one answer at a time: what LangChain does for batches, caches and its own streams left out.

Callbacks, run ids, tags and metadata are LangChain's own, made by its own callback manager, so that whoever listens
(a trace, LangSmith, LangGraph's streams) hears the very same. Left out are the tasks that a batch of prompts is spread
over, a cache of answers, which would have two contestants say one thing, and what is the same for every call of a
model and worked out anew for each: its parameters, and the signature of its own method.

`_convert_input`, `_serialized`, `_default_params`, `_get_invocation_params` and `_get_ls_params_with_defaults` are
private in LangChain, and that `bind_tools` gives a RunnableBinding is no promise of its signature;
tests/arena/llm/test_straight.py holds what comes of them to what LangChain makes of a call.
"""

import asyncio
from collections.abc import Sequence
from functools import cached_property
from typing import Any, cast
from uuid import UUID

from langchain_core.callbacks import AsyncCallbackManager, AsyncCallbackManagerForLLMRun, BaseCallbackHandler
from langchain_core.language_models import LanguageModelInput
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatResult, LLMResult
from langchain_core.prompt_values import ChatPromptValue, PromptValue
from langchain_core.runnables import Runnable, RunnableBinding, RunnableConfig, ensure_config
from langchain_core.utils.uuid import uuid7
from langchain_openai import ChatOpenAI

from arena.calls import CallHandler

_UNTRACED = frozenset({"tools", "tool_choice", "response_format"})

_LARGE = frozenset({"tools", "functions", "messages", "response_format"})
"""Parameters that LangChain does not repeat in the metadata of its tracers."""


class StraightChatOpenAI(ChatOpenAI):
    """A chat model whose settings do not change once it is made. Its answers are text and tool calls."""

    async def ainvoke(
        self,
        input: LanguageModelInput,  # noqa: A002 -- LangChain's name
        config: RunnableConfig | None = None,
        *,
        stop: list[str] | None = None,
        **kwargs: Any,
    ) -> AIMessage:
        """Ask once; callbacks hear of it as of any call of a chat model."""
        messages = self._convert_input(input).to_messages()
        run = await self._told_of(messages, ensure_config(config), stop, kwargs)
        try:
            result = await self._agenerate(messages, stop, run, **kwargs)
        except asyncio.CancelledError:
            # LangChain tells nobody of a call that is cut off either.
            raise
        except BaseException as error:
            await run.on_llm_error(error, response=LLMResult(generations=[[]]))
            raise
        message = _completed(result, run)
        await _tell_of_end(run, LLMResult(generations=[list(result.generations)], llm_output=result.llm_output))
        return message

    def _convert_input(self, model_input: LanguageModelInput) -> PromptValue:
        # Three of LangChain's methods and ours ask for this in turn, and each time all messages would be checked anew.
        if isinstance(model_input, list) and all(isinstance(one, BaseMessage) for one in model_input):
            return ChatPromptValue.model_construct(messages=model_input)
        return super()._convert_input(model_input)

    def bind(self, **kwargs: Any) -> Any:
        """The same model with these arguments in every call."""
        return _Bound(self, kwargs)

    def bind_tools(self, tools: Sequence[Any], **kwargs: Any) -> Any:
        """The same model with these tools in every call, written as ChatOpenAI writes them."""
        written = cast("RunnableBinding[Any, Any]", super().bind_tools(tools, **kwargs))
        return self.bind(**written.kwargs)

    async def _told_of(
        self, messages: list[BaseMessage], config: RunnableConfig, stop: list[str] | None, given: dict[str, Any]
    ) -> AsyncCallbackManagerForLLMRun:
        """The call's run, of which callbacks have been told."""
        parameters = self._get_invocation_params(stop=stop, **given)
        manager = AsyncCallbackManager.configure(
            config.get("callbacks"),
            self.callbacks,
            self.verbose,
            config.get("tags"),
            self.tags,
            {**(config.get("metadata") or {}), **self._traced(stop, given)},
            self.metadata,
            langsmith_inheritable_metadata={k: v for k, v in parameters.items() if k not in _LARGE},
        )
        about = {"invocation_params": parameters, "options": {"stop": stop}, "name": config.get("run_name")}
        return await _tell_of_start(manager, self._serialized, messages, config.pop("run_id", None) or uuid7(), about)

    @cached_property
    def _default_params(self) -> dict[str, Any]:
        return super()._default_params

    def _get_invocation_params(self, stop: list[str] | None = None, **kwargs: Any) -> dict[str, Any]:
        return {**self._parameters, "stop": stop, **kwargs}

    @cached_property
    def _parameters(self) -> dict[str, Any]:
        return super()._get_invocation_params()

    def _traced(self, stop: list[str] | None, given: dict[str, Any]) -> dict[str, Any]:
        """What tracers are told of the model. Tools and forms, all that is given as a rule, change nothing of it."""
        if stop is None and given.keys() <= _UNTRACED:
            return self._usually_traced
        return dict(self._get_ls_params_with_defaults(stop=stop, **given))

    @cached_property
    def _usually_traced(self) -> dict[str, Any]:
        return dict(self._get_ls_params_with_defaults())


class _Bound(Runnable[LanguageModelInput, AIMessage]):
    """A model with arguments. LangChain's own binding puts configurations together that nobody has given it."""

    def __init__(self, model: StraightChatOpenAI, given: dict[str, Any]) -> None:
        self._model = model
        self._given = given

    async def ainvoke(
        self,
        input: LanguageModelInput,  # noqa: A002 -- LangChain's name
        config: RunnableConfig | None = None,
        **kwargs: Any,
    ) -> AIMessage:
        """Ask once."""
        return await self._model.ainvoke(input, config, **{**self._given, **kwargs})

    def invoke(
        self,
        input: LanguageModelInput,  # noqa: A002 -- LangChain's name
        config: RunnableConfig | None = None,
        **kwargs: Any,
    ) -> AIMessage:
        """As the model's own."""
        return self._model.invoke(input, config, **{**self._given, **kwargs})


async def _tell_of_start(
    manager: AsyncCallbackManager,
    serialized: dict[str, Any],
    messages: list[BaseMessage],
    run_id: UUID,
    about: dict[str, Any],
) -> AsyncCallbackManagerForLLMRun:
    """Tell callbacks that a call begins; our own at once, and not in tasks that are gathered."""
    if not _are_ours(manager.handlers):
        (run,) = await manager.on_chat_model_start(serialized, [messages], run_id=run_id, batch_size=1, **about)
        return run
    known: dict[str, Any] = {"parent_run_id": manager.parent_run_id, "tags": manager.tags, "metadata": manager.metadata}
    for handler in cast("list[CallHandler]", manager.handlers):
        await handler.on_chat_model_start(serialized, [messages], run_id=run_id, **known, **about)
    return AsyncCallbackManagerForLLMRun(
        run_id=run_id, handlers=manager.handlers, inheritable_handlers=manager.inheritable_handlers, **known
    )


def _are_ours(handlers: Sequence[BaseCallbackHandler]) -> bool:
    return all(isinstance(handler, CallHandler) for handler in handlers)


async def _tell_of_end(run: AsyncCallbackManagerForLLMRun, told: LLMResult) -> None:
    """Tell callbacks of an answer. LangChain shields them from cancelling by a task, of which our own have no need."""
    if not _are_ours(run.handlers):
        await run.on_llm_end(told)
        return
    for handler in cast("list[CallHandler]", run.handlers):
        await handler.on_llm_end(told, run_id=run.run_id, parent_run_id=run.parent_run_id, tags=run.tags)


def _completed(result: ChatResult, run: AsyncCallbackManagerForLLMRun) -> AIMessage:
    """The message, with what LangChain adds to each: an id where it has none, and what the answer told of itself."""
    (generation,) = result.generations
    # An assistant's message always comes back as an AIMessage; the base class's signature cannot say so.
    message = cast("AIMessage", generation.message)
    if message.id is None:
        message.id = f"lc_run--{run.run_id}-0"
    message.response_metadata = {
        **(result.llm_output or {}),
        **(generation.generation_info or {}),
        **message.response_metadata,
    }
    return message
