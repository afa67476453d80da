"""What a desk can do ahead while it waits for its models: read what has been said, have it kept.

It is done when there is time for it, or not at all; then it is done at the desk's end, and the chat is the same.
"""

from collections.abc import Callable

from arena.evidence import FigureCheck
from arena.leisure import Work
from arena.transcript import Transcript


def at_once(work: Work) -> None:
    """Do it now: for whoever runs one desk and has all the time there is."""
    work()


class Pauses:
    """The pauses of one desk, from the end of its analysts' work to its decision."""

    def __init__(self, check: FigureCheck | None, keep: Callable[[], None], at_leisure: Callable[[Work], None]) -> None:
        """`check` reads what was said, `keep` has it kept, and `at_leisure` finds the time for both."""
        self._check = check
        self._keep = keep
        self._at_leisure = at_leisure
        self._planned = False

    def begin(self, transcript: Transcript) -> None:
        """Somebody has spoken; while the analysts do, there is nothing yet to be read as a whole."""
        if not self._planned and _in_debate(transcript):
            self._planned = True
            self._at_leisure(lambda: self._use(transcript))

    def _use(self, transcript: Transcript) -> None:
        self._planned = False
        # Whoever has decided meanwhile does the rest itself.
        if _in_debate(transcript):
            if self._check is not None:
                self._check.read(transcript.stages())
            self._keep()


def _in_debate(transcript: Transcript) -> bool:
    """Whether the analysts are through, and nobody has decided."""
    return transcript.stages().research is not None and not transcript.decided
