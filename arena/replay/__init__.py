"""Running recorded desks and rounds again from the tape: the real thing but for models, vendors and clock."""

from arena.replay.chat import ChatReplay, replay_chat
from arena.replay.recorded import recorded, stored_round, tapes_of
from arena.replay.round import RoundReplay, replay_round

__all__ = ["ChatReplay", "RoundReplay", "recorded", "replay_chat", "replay_round", "stored_round", "tapes_of"]
