"""How much of a text is passed on to those who read it in a prompt."""

CHARACTERS_A_WORD = 8
"""English prose takes six, its space included; figures and their names take more."""


def clipped(text: str, words: int) -> str:
    """The text, or as much of it as that many words take, with a mark that says how much is left out."""
    most = words * CHARACTERS_A_WORD
    if len(text) <= most:
        return text
    kept = text[:most].rpartition(" ")[0] or text[:most]
    return f"{kept} [{len(text) - len(kept)} characters cut]"
