"""Rule-driven stand-ins for language models: no key, no network, the same input always the same answer.

They sit behind LangChain's chat-model interface, call the tools, read the figures in their prompts
and argue from them, so that the whole arena runs for real. They are labelled `rehearsal` wherever
they are shown; their opinions are arithmetic and worth nothing.
"""

from arena.llm.rehearsal.model import RehearsalChatModel

__all__ = ["RehearsalChatModel"]
