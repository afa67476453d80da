"""The command line: commands parse, call the Arena, and print.

Results go to stdout, everything else to stderr. Exit codes: 0 all desks decided (or there was
nothing to decide), 1 the person's mistake, 3 some desks abstained, 4 all did, 5 the store or a
ledger is broken, 130 interrupted, 141 the reader of stdout has gone.
"""

from arena.cli.app import main, run

__all__ = ["main", "run"]
