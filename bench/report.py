"""Everything the README and docs/scale.md state, measured, each figure beside its bound.

    python -m bench.report [PART ...]

Without a part all of them, which takes some minutes. Counts can be trusted anywhere; wall time and CPU depend on what
the machine gives, which stands beside each part.
The exit code is 1 when a bound is missed.
"""

import argparse
import sys
from collections.abc import Callable, Iterable, Mapping

from bench.growth import growth
from bench.keeping import keeping
from bench.lines import Line, print_lines
from bench.machine import told
from bench.pages import pages
from bench.ray import workers
from bench.rounds import desk, five, long_answers, many, turns, twenty
from bench.season import season
from bench.starting import starting

PARTS: Mapping[str, Callable[[], Iterable[Line]]] = {
    "desk": desk,
    "five": five,
    "turns": turns,
    "long": long_answers,
    "twenty": twenty,
    "many": many,
    "season": season,
    "ray": workers,
    "keeping": keeping,
    "starting": starting,
    "pages": pages,
    "growth": growth,
}


def main() -> int:
    """Measure, and print the figures as they come in."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}")
    chosen = options.parse_args().parts or list(PARTS)
    if unknown := [part for part in chosen if part not in PARTS]:
        options.error(f"no part {', '.join(unknown)}; there are {', '.join(PARTS)}")
    held = True
    for name in chosen:
        first = (PARTS[name].__doc__ or name).splitlines()[0].rstrip(".")
        held = print_lines(f"{name}: {first}\n  ({told()})", PARTS[name]()) and held
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
