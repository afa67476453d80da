"""Whether two homes hold the same season."""

from collections import Counter
from pathlib import Path

from arena.records.trading import LedgerEvent
from arena.store import Store
from arena.tape.comparing import chat_differences


def the_same(home: Path, whole: Path, *, put_aside: int = 0) -> None:
    """Ledger, chats, votes, marks and rounds are equal but for ids and times, and no research is left but so much."""
    with Store.open_existing(home) as resumed, Store.open_existing(whole) as straight:
        rows = resumed.chat_rows("trial", limit=10_000)
        assert set(Counter((row.session, row.ticker, row.contestant) for row in rows).values()) == {1}
        assert [timeless(event) for event in resumed.events("trial")] == [
            timeless(event) for event in straight.events("trial")
        ]
        assert resumed.marks("trial") == straight.marks("trial")
        assert resumed.rounds("trial") == straight.rounds("trial")
        assert resumed.finished_rounds("trial") == straight.finished_rounds("trial")
        assert resumed.verify_archive() == ()
        assert resumed.ready_research("trial") == ()
        assert len(resumed.research_put_aside("trial")) == put_aside
        plan = straight.plan("trial")
        assert plan is not None
        assert plan.same_as(resumed.plan("trial"))
        for session in plan.sessions:
            assert resumed.consensus("trial", session) == straight.consensus("trial", session)
            chats = (
                resumed.decided_chats("trial", session, abstentions_too=True),
                straight.decided_chats("trial", session, abstentions_too=True),
            )
            assert len(chats[0]) == len(chats[1]) == len(plan.tickers) * len(plan.contestants)
            for one, other in zip(*chats, strict=True):
                assert chat_differences(one, other) == ()


def timeless(event: LedgerEvent) -> dict[str, object]:
    """An event but for the id of its chat."""
    return event.model_dump(mode="json", exclude={"chat_id"})
