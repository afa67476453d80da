"""Every ink can be read on every ground it stands on, in both themes."""

import re

import pytest

from arena.web.rendering import STATIC

LEAST = 4.5
"""Contrast of text, as WCAG 2.2 asks (1.4.3, level AA)."""

INKS = ("ink", "soft", "accent", "warn", "buy", "sell", "hold", "abstain", *(f"k{n}" for n in range(10)))
OWN_GROUNDS = ("accent", "warn", "buy", "sell", "hold", "abstain")


def themes() -> dict[str, dict[str, str]]:
    css = (STATIC / "arena.css").read_text(encoding="utf-8")
    light, dark, also_dark, paper = re.findall(r"color-scheme: (?:light|dark);(.*?)}", css, flags=re.DOTALL)
    assert re.findall(r"(--[\w-]+): (#\w+)", dark) == re.findall(r"(--[\w-]+): (#\w+)", also_dark)
    assert set(re.findall(r"(--[\w-]+): (#\w{6})", light)) <= set(re.findall(r"(--[\w-]+): (#\w{6})", paper))
    return {name: dict(re.findall(r"--([\w-]+): (#\w{6})", text)) for name, text in (("light", light), ("dark", dark))}


def luminance(colour: str) -> float:
    """Relative luminance, by WCAG 2.2."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_inks_can_be_read_on_their_grounds(theme: str) -> None:
    colours = themes()[theme]
    pairs = [(ink, ground) for ink in INKS for ground in ("ground", "panel")]
    pairs += [
        ("ink", "sunk"),
        ("soft", "sunk"),
        ("buy", "sunk"),
        ("sell", "sunk"),
        ("hold", "sunk"),
        ("ground", "accent"),
    ]
    pairs += [(ink, f"{ink}-ground") for ink in OWN_GROUNDS] + [("ink", f"{one}-ground") for one in OWN_GROUNDS]
    dim = {pair: round(contrast(colours[pair[0]], colours[pair[1]]), 2) for pair in pairs}
    assert {pair: found for pair, found in dim.items() if found < LEAST} == {}
