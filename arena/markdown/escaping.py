"""Untrusted text inside a Markdown document: quoted, so that it ends where it ends, and with nothing active in it.

What models write is often Markdown itself. Its emphasis, lists and tables stay, and its headings become bold lines;
HTML, links, images, code, formulas and rules become the characters they are written with, as CommonMark and GitHub
read them.
"""

import re
from collections.abc import Sequence

from arena.untrusted import clean, one_line

_ACTIVE = {**{sign: f"\\{sign}" for sign in "\\`[]$~"}, "<": "&lt;", ">": "&gt;", "&": "&amp;"}
_ANYWHERE = re.compile(r"[\\`\[\]$~<>&]")
_IN_A_LINE = re.compile(r"[*#|]|(?<![^\W_])_|_(?![^\W_])")
"""An underscore inside a word is plain."""
_LEADING = re.compile(r"^([-+=]|\d+(?=[.)]))")
"""What would begin a list or a rule."""
_HEADING = re.compile(r"#{1,6}(?: +([^*]*?)[ #]*)?$|#{1,6}(?= )")
_RULE = re.compile(r"[-=*_ ]+")
_SPACES = re.compile(r" {2,}")


def quoted(text: str) -> str:
    """A text as a block quote."""
    return "\n".join(f"> {_line(line)}".rstrip() for line in clean(text).strip().split("\n"))


def inline(text: str) -> str:
    """A text on one line, to stand in a heading, a sentence or a cell of a table; none of it is Markdown any more."""
    return _IN_A_LINE.sub(r"\\\g<0>", _inert(one_line(text)))


def listed(points: Sequence[str]) -> str:
    """Texts as a list."""
    return "\n".join(f"- {_LEADING.sub(_escaped_start, inline(point))}" for point in points)


def table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table; its cells are made safe here."""
    head, rule = f"| {' | '.join(columns)} |", f"|{' --- |' * len(columns)}"
    return "\n".join([head, rule, *(f"| {' | '.join(map(inline, row))} |" for row in rows)])


def _line(line: str) -> str:
    # Three spaces nest a list; four would be code.
    indent = " " * min(len(line) - len(line.lstrip(" ")), 3)
    body = _SPACES.sub(" ", _inert(line.strip()))
    if heading := _HEADING.match(body):
        return f"**{heading[1]}**" if heading[1] else f"\\{body}"
    return f"{indent}\\{body}" if body and _RULE.fullmatch(body) else indent + body


def _inert(text: str) -> str:
    return _ANYWHERE.sub(lambda found: _ACTIVE[found[0]], text)


def _escaped_start(found: re.Match[str]) -> str:
    start = found[1]
    return f"{start}\\" if start.isdigit() else f"\\{start}"
