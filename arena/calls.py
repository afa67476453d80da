"""How our code hears of model calls: LangChain's callbacks, and what our model client writes on each of them."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, NamedTuple, Self
from uuid import UUID

from langchain_core.callbacks import AsyncCallbackHandler
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import LLMResult

from arena.records.chat import Rung


class Slip(NamedTuple):
    """What our model client says of a call: which role speaks, how it is asked for a form, and what it is asked.

    All of it is None or empty for a call that does not come through our client.
    """

    role: str | None
    rung: Rung | None
    request: str
    """The content hash of role, rung and prompt."""

    def metadata(self) -> dict[str, Any]:
        """As it rides on a call."""
        return {"arena_role": self.role, "arena_rung": self.rung, "arena_request": self.request}

    @classmethod
    def of(cls, metadata: Mapping[str, Any]) -> Self:
        """What a call's metadata say."""
        role, request = metadata.get("arena_role"), metadata.get("arena_request")
        return cls(role or None, metadata.get("arena_rung"), str(request or ""))


class Asked(NamedTuple):
    """What a call's start tells, whichever model class makes it."""

    slip: Slip
    model: str
    """The model id."""
    prompt: tuple[BaseMessage, ...]
    parameters: Mapping[str, Any]
    """What is sent beside the prompt."""
    node: str | None
    """The graph's node it is made in."""


class CallHandler(AsyncCallbackHandler, ABC):
    """Hears every model call of the run it is handed to; a fault in the handler ends the run."""

    raise_error = True
    """What is not written down must not pass unseen."""
    run_inline = True
    """One handler after the other, in the order they were handed over: a task for each of them costs more than it."""
    ignore_chain = ignore_retry = ignore_agent = ignore_retriever = ignore_custom_event = True
    """A desk's steps are told of too, ten times as often as calls; nobody here listens."""

    async def on_chat_model_start(
        self,
        serialized: dict[str, Any],  # noqa: ARG002 -- part of the interface
        messages: list[list[BaseMessage]],
        *,
        run_id: UUID,
        metadata: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        """A call is sent."""
        told = metadata or {}
        parameters = kwargs.get("invocation_params") or {}
        model = parameters.get("model") or parameters.get("model_name") or told.get("ls_model_name")
        self.asked(
            run_id,
            Asked(
                slip=Slip.of(told),
                model=str(model or "unknown"),
                prompt=tuple(messages[0]),
                parameters=parameters,
                node=told.get("langgraph_node"),
            ),
        )

    async def on_llm_end(self, response: LLMResult, *, run_id: UUID, **kwargs: Any) -> None:  # noqa: ARG002
        """A call has its answer."""
        message = getattr(response.generations[0][0], "message", None)
        if not isinstance(message, AIMessage):
            raise TypeError(f"a chat model answered with {type(message).__name__}, not with a message")
        self.answered(run_id, message)

    async def on_llm_error(self, error: BaseException, *, run_id: UUID, **kwargs: Any) -> None:  # noqa: ARG002
        """A call has failed, or was cancelled."""
        self.failed(run_id, error)

    @abstractmethod
    def asked(self, run_id: UUID, asked: Asked) -> None:
        """Write the call down before anything can go wrong."""

    @abstractmethod
    def answered(self, run_id: UUID, message: AIMessage) -> None:
        """Close the call with what came back."""

    @abstractmethod
    def failed(self, run_id: UUID, error: BaseException) -> None:
        """Close the call with what went wrong; a CancelledError where it was cut off and that was told."""
