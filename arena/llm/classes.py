"""Chat models by their class's import path: any LangChain package's may compete."""

import importlib

from langchain_core.language_models import BaseChatModel
from pydantic import ValidationError

from arena.config.contestants import ClassContestant
from arena.config.secrets import Secrets
from arena.errors import ConfigError
from arena.llm.discreet import discreet


def chat_model_of(contestant: ClassContestant, secrets: Secrets) -> BaseChatModel:
    """The contestant's model, which tells none of the secrets. ConfigError where its class cannot be found or made."""
    made = discreet(_chat_model_class(contestant), secrets)
    try:
        return made(**contestant.arguments)
    except (TypeError, ValueError, ImportError) as error:
        # What a package raises for a wrong argument, for a key it misses, and for a part it needs.
        raise ConfigError(
            f"contestant {contestant.name}: {contestant.chat_model} cannot be made with its arguments: "
            f"{secrets.cut(_why(error))}"
        ) from None


def _why(error: Exception) -> str:
    """The error's words without the values it was given, among which somebody may have put a key."""
    if isinstance(error, ValidationError):
        return "; ".join(f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors())
    return str(error)


def _chat_model_class(contestant: ClassContestant) -> type[BaseChatModel]:
    module, _, name = contestant.chat_model.partition(":")
    try:
        found = getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError) as error:
        raise ConfigError(
            f"contestant {contestant.name}: {contestant.chat_model} cannot be imported: {error}"
        ) from error
    if not (isinstance(found, type) and issubclass(found, BaseChatModel)):
        raise ConfigError(f"contestant {contestant.name}: {contestant.chat_model} is not a LangChain chat model class")
    return found
