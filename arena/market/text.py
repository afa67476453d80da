"""Text from strangers, made fit to be kept and shown."""

LONGEST_POST = 1_000
"""Characters kept of a post."""

LONGEST_NAME = 100
"""Characters kept of an author's name."""


def clean(value: object, longest: int) -> str:
    """Text without control characters and halves of cut emoji, white space run together, cut to `longest`."""
    text = str(value or "").encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    shown = "".join(" " if letter.isspace() else letter for letter in text if letter.isspace() or letter.isprintable())
    words = " ".join(shown.split())
    return words if len(words) <= longest else f"{words[: longest - 1]}…"
