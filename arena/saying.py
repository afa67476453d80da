"""What is being said at a desk while answers stream in, as words for people.

A speech is passed on as it comes. A form comes as JSON, and of that only the prose: the text of the
values that hold more than one word. Names, numbers and codes are left out, for they mean nothing
before the form is whole and valid: a BUY in the making must not be taken for a decision. The
arguments of tool calls are no text of the answer and are not heard.
"""

import re

from arena.llm.characters import clean
from arena.records.progress import Saying

KEPT = 400
"""Characters that are kept of what one call says: more than a line of any terminal."""

_ONE_WORD = 40
"""Characters after which text without a space is prose all the same: some languages write none."""

_BETWEEN_VALUES = " · "
_TWO_WORDS = re.compile(r"\S\s+\S")
_IN_STRING = re.compile(
    r'(?P<plain>[^"\\]+)|(?P<end>")|\\u(?P<code>[0-9a-fA-F]{4})|\\(?P<escaped>[^u])'
    r"|\\u(?![0-9a-fA-F]{0,3}\Z)"  # an escape that is wrong for good, not only half here
)
_ESCAPED = {"n": " ", "r": " ", "t": " ", "b": "", "f": " "}


class Speech:
    """The last words of one answer, fed as it comes in; each piece is looked at once."""

    def __init__(self, *, form: bool) -> None:
        """`form` says that JSON was asked for; what comes before it is prose too."""
        self._place = "before" if form else "speech"
        self._unread = ""
        self._value = ""
        self._shown = not form
        self.words = ""
        """At most KEPT characters, as the model wrote them; a character that JSON escapes in two halves is two."""

    def hear(self, piece: str) -> None:
        """The next piece of the text."""
        text, self._unread = self._unread + piece, ""
        while text:
            if self._place == "string":
                text = self._read_string(text)
            elif self._place == "syntax":
                text = self._skip_to_string(text)
            else:
                text = self._read_prose(text)

    def _read_prose(self, text: str) -> str:
        opens = text.find("{") if self._place == "before" else -1
        if opens < 0:
            self._say(text)
            return ""
        self._say(text[:opens])
        self._end_value()
        return text[opens:]

    def _skip_to_string(self, text: str) -> str:
        _, quote, rest = text.partition('"')
        self._place = "string" if quote else "syntax"
        return rest

    def _read_string(self, text: str) -> str:
        """Up to the string's end; an escape that came in two pieces waits for its second."""
        at = 0
        while found := _IN_STRING.match(text, at):
            at = found.end()
            if found["end"]:
                self._end_value()
                return text[at:]
            if found["code"]:
                self._say(chr(int(found["code"], 16)))
            else:
                self._say(found["plain"] or _ESCAPED.get(found["escaped"] or "", found["escaped"] or ""))
        self._unread = text[at:]
        return ""

    def _say(self, text: str) -> None:
        if not self._shown:
            self._value += text
            if not _TWO_WORDS.search(self._value) and len(self._value) <= _ONE_WORD:
                return
            self._shown, text = True, (_BETWEEN_VALUES if self.words else "") + self._value
        self.words = (self.words + text)[-KEPT:]

    def _end_value(self) -> None:
        self._place, self._value, self._shown = "syntax", "", False


class Floor:
    """Who has the floor at a desk: of several that speak at once, one is followed until it is through.

    What was said last stays until somebody else begins.
    """

    def __init__(self) -> None:
        self._speeches: dict[str, Speech] = {}
        self._followed: str | None = None
        self._last: Saying | None = None
        self._speaker = ""

    @property
    def saying(self) -> Saying | None:
        """What to show now; None where nothing was said yet."""
        speech = self._speeches.get(self._followed or "")
        if speech is not None and speech.words:
            self._last = Saying(speaker=self._speaker, words=clean(speech.words))
        return self._last

    def heard(self, call: str, speaker: str, text: str, *, form: bool) -> bool:
        """A piece of a call's answer came in; returns whether that call is the one that is followed."""
        if call not in self._speeches:
            self._speeches[call] = Speech(form=form)
        self._speeches[call].hear(text)
        if self._followed is None and self._speeches[call].words:
            self._followed, self._speaker = call, speaker
        return self._followed == call

    def ended(self, call: str) -> None:
        """A call has its whole answer: what it said last is kept."""
        if self._followed == call:
            self._last, self._followed = self.saying, None
        self._speeches.pop(call, None)

    def unsaid(self, call: str) -> bool:
        """What a call said so far counts for nothing; returns whether that call was the one that is followed."""
        followed = self._followed == call
        if followed:
            self._last, self._followed = None, None
        self._speeches.pop(call, None)
        return followed
