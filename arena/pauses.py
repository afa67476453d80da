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
    """The pauses of one desk, from the end of its analysts' work to its own end."""

    def __init__(self, check: FigureCheck | None, keep: Callable[[], None], at_leisure: Callable[[Work], None]) -> None:
        """`check` reads what was said, `keep` has it kept, and `at_leisure` finds the time for both."""
        self._check = check
        self._keep = keep
        self._at_leisure = at_leisure
        self._said: Transcript | None = None
        """What there is to be read and kept, where somebody has spoken since that was done."""

    def begin(self, transcript: Transcript) -> None:
        """Somebody has spoken; while the analysts do, there is nothing yet to be read as a whole."""
        if self._said is None and transcript.stages().research is not None and not transcript.decided:
            self._said = transcript
            self._at_leisure(self._use)

    def end(self) -> None:
        """The desk has ended, however it did: what there was no time for is done with its chat."""
        self._said = None
        self._check = None
        self._keep = lambda: None

    def _use(self) -> None:
        transcript, self._said = self._said, None
        if transcript is not None and not transcript.decided:
            if self._check is not None:
                self._check.read(transcript.stages())
            self._keep()
