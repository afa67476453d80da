"""What a desk can do ahead while it waits for its models: write down what it heard, read it, have it kept.

It is done when there is time for it, or not at all; then it is done at the desk's end, and the chat is the same.
"""

from collections import deque
from collections.abc import Callable

from arena.evidence import FigureCheck
from arena.leisure import Work
from arena.transcript import Transcript


class Pauses:
    """The pauses of one desk, up to its end."""

    def __init__(self, at_leisure: Callable[[Work], None]) -> None:
        """`at_leisure` finds the time."""
        self._at_leisure = at_leisure
        self._to_do: deque[Work] | None = deque()
        """None once the desk has ended."""

    def add(self, work: Work) -> None:
        """Have it done in a pause, in its turn; never once the desk has ended."""
        if self._to_do is not None:
            self._to_do.append(work)
            self._at_leisure(self._next)

    def end(self) -> None:
        """The desk has ended, however it did: what there was no time for is done with its chat, and forgotten here."""
        self._to_do = None

    def _next(self) -> None:
        if self._to_do:
            self._to_do.popleft()()


class ReadAhead:
    """What was said at a desk, read and kept in its pauses."""

    def __init__(self, check: FigureCheck | None, keep: Callable[[], None], pauses: Pauses) -> None:
        """`check` reads what was said, and `keep` has it kept."""
        self._check = check
        self._keep = keep
        self._pauses = pauses
        self._said: Transcript | None = None
        """What there is to be read and kept, where somebody has spoken since that was done."""

    def heard(self, transcript: Transcript) -> None:
        """Somebody has spoken."""
        if self._said is None and not transcript.decided:
            self._said = transcript
            self._pauses.add(self._use)

    def _use(self) -> None:
        transcript, self._said = self._said, None
        if transcript is not None and not transcript.decided:
            if self._check is not None:
                self._check.read(transcript.stages())
            self._keep()
