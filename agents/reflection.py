"""The reflection: what the contestant learns from its past decisions, once it is known how they turned out.

It is written once for each decision, side by side with the trader, and read by the portfolio manager alone. A desk
whose reflection fails goes on without it: the decision does not hang on it, and the stage says why it is missing.
"""

from agents import wording
from agents.house import House
from agents.prompting import prompt
from agents.state import DeskState, DeskUpdate, Node, brief_of, dump
from arena.errors import ModelError
from arena.memory import due, reflected
from arena.records.desk import Brief
from arena.records.memory import Lesson, Reflection, ReflectionStage


def reflection(house: House) -> Node:
    """The node that reflects on what is due, in one call; without past decisions it writes nothing."""

    async def reflect(state: DeskState) -> DeskUpdate:
        brief = brief_of(state)
        if not brief.lessons:
            return {}
        if not due(brief.lessons):
            return {"reflection": dump(ReflectionStage(lessons=brief.lessons))}
        try:
            written = await _written(house, brief)
        except ModelError as error:
            return {"reflection": dump(ReflectionStage(lessons=brief.lessons, failure=str(error)))}
        lessons = reflected(brief.lessons, written, brief.session)
        return {"reflection": dump(ReflectionStage(lessons=lessons, failure=_left_out(due(lessons))))}

    return reflect


async def _written(house: House, brief: Brief) -> Reflection:
    asked = prompt(
        "reflection",
        brief,
        await house.snapshot(brief.snapshot_hash),
        decisions=wording.numbered_decisions(due(brief.lessons)),
    )
    return await house.client(brief.contestant).answer("reflection", asked, Reflection)


def _left_out(lessons: tuple[Lesson, ...]) -> str | None:
    if not lessons:
        return None
    return f"the answer says nothing of the decision of {', '.join(str(one.session) for one in lessons)}"
