"""What the fields of a record mean, read from the line under each in its source when somebody asks."""

import ast
import inspect
import textwrap
from collections.abc import Mapping
from functools import cache
from itertools import pairwise

from pydantic import BaseModel


def meaning(record: type[BaseModel], field: str) -> str:
    """What a field means; empty where nothing is said about it."""
    return meanings(record).get(field, "")


@cache
def meanings(record: type[BaseModel]) -> Mapping[str, str]:
    """The meaning of each field of which one is told, those of its bases included."""
    told: dict[str, str] = {}
    for one in reversed(record.__mro__):
        if issubclass(one, BaseModel) and one is not BaseModel:
            told |= _own(one)
    return {name: text for name, text in told.items() if text}


def _own(record: type[BaseModel]) -> dict[str, str]:
    """Those of the fields in its own body; a field that is given anew without a word means nothing known."""
    try:
        source = ast.parse(textwrap.dedent(inspect.getsource(record)))
    except OSError:
        return {}  # made while running, as generic records are of their kinds: it has no words of its own
    found: dict[str, str] = {}
    body = [statement for one in source.body if isinstance(one, ast.ClassDef) for statement in one.body]
    for statement, below in pairwise([*body, ast.Pass()]):
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            found[statement.target.id] = _text(below)
    return found


def _text(statement: ast.stmt) -> str:
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
        return inspect.cleandoc(statement.value.value) if isinstance(statement.value.value, str) else ""
    return ""
