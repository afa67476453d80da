"""Configurations whose contestants fail on purpose, and the chat models they name."""

import os
import signal

from langchain_core.language_models.fake_chat_models import FakeListChatModel

GARBLED = "langchain_core.language_models.fake_chat_models:FakeListChatModel"


class Interrupting(FakeListChatModel):
    """Ctrl-C while the model is asked."""

    def _call(self, *args, **kwargs):
        os.kill(os.getpid(), signal.SIGINT)
        return super()._call(*args, **kwargs)


class Hostile(FakeListChatModel):
    """Fails with a text that would command the terminal."""

    def _call(self, *args, **kwargs):
        raise ValueError("\x1b[2J\x1b]0;owned\x07[bold red]boom[/] \x9b31m:smile:")


def contestant(name, chat_model=GARBLED):
    return f'{{name: {name}, kind: class, chat_model: "{chat_model}", arguments: {{responses: [garbage]}}}}'


REHEARSED = "{name: momentum, kind: rehearsal, style: momentum}"


def written(folder, *contestants, season="trial", more=""):
    listed = "".join(f"  - {one}\n" for one in contestants)
    file = folder / "trial.yaml"
    file.write_text(
        f"season: {season}\nas_of: 2025-10-14\ncontestants:\n{listed}market:\n  vendors: [simulated]\n{more}"
    )
    return file
