"""Chat models of other packages, made discreet: no key of the environment in what they raise or tell of themselves.

Packages write what they like into their exceptions, the request's headers and addresses included, and that goes into
records, the tape and logs. It is cut where it is raised, before any callback or log sees it.
"""

from collections.abc import AsyncIterator, Iterator
from types import new_class
from typing import Any, ClassVar

from langchain_core.language_models import BaseChatModel

from arena.config.secrets import Secrets


def discreet(made: type[BaseChatModel], secrets: Secrets) -> type[BaseChatModel]:
    """The class, by the same name, whose errors and parameters hold no secret."""

    def body(names: dict[str, Any]) -> None:
        names |= {"__module__": made.__module__, "__qualname__": made.__qualname__, "_arena_secrets": secrets}
        names["__annotations__"] = {"_arena_secrets": ClassVar[Secrets]}

    return new_class(made.__name__, (_Discreet, made), exec_body=body)


class _Discreet:
    """What goes before the package's own methods. Calls of the synchronous kind run inside the asynchronous."""

    _arena_secrets: ClassVar[Secrets]

    async def _agenerate(self, *args: Any, **kwargs: Any) -> Any:
        with _Hush(self._arena_secrets):
            return await super()._agenerate(*args, **kwargs)  # type: ignore[misc]  # the chat model's, next in line

    async def _astream(self, *args: Any, **kwargs: Any) -> AsyncIterator[Any]:
        with _Hush(self._arena_secrets):
            async for piece in super()._astream(*args, **kwargs):  # type: ignore[misc]  # likewise
                yield piece

    def _get_invocation_params(self, *args: Any, **kwargs: Any) -> Any:
        params = super()._get_invocation_params(*args, **kwargs)  # type: ignore[misc]  # likewise
        return self._arena_secrets.cut_from(params)


class _Hush:
    """Lets an error rise, in the place of one that tells a secret another by the same name that does not."""

    def __init__(self, secrets: Secrets) -> None:
        self._secrets = secrets

    def __enter__(self) -> None:
        """Nothing is to be done before."""

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: object) -> None:
        if isinstance(error, Exception) and any(self._secrets.among(str(one)) for one in _chain(error)):
            named: type[Exception] = type(type(error).__name__, (Exception,), {})
            raise named(self._secrets.cut(str(error))) from None


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """The error and all that led to it, as a traceback would print them."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
