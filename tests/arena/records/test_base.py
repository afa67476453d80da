"""What all records have in common."""

import pickle

from arena.records.desk import ResearchTurn, RiskTurn, ToolUse

TURN = ResearchTurn(round=1, speaker="bull", text="Up.")


def test_records_that_were_given_the_same_fields_share_the_set_of_them():
    brief = ToolUse(name="look", arguments="{}", result="up")
    another = ToolUse(name="other", arguments="[]", result="down")
    whole = ToolUse(name="look", arguments="{}", result="up", failed=False)
    assert brief.model_fields_set is another.model_fields_set
    assert brief.model_fields_set == {"name", "arguments", "result"}
    assert whole.model_fields_set == {"name", "arguments", "result", "failed"}
    assert brief == whole
    assert ResearchTurn.model_validate(TURN.model_dump()).model_fields_set is TURN.model_fields_set
    assert RiskTurn(round=1, speaker="neutral", text="No.").model_fields_set == TURN.model_fields_set


def test_a_copy_with_changes_leaves_the_shared_set_as_it_is():
    use = ToolUse(name="look", arguments="{}", result="up")
    copy = use.model_copy(update={"failed": True})
    assert copy.model_fields_set == {"name", "arguments", "result", "failed"}
    assert use.model_fields_set == {"name", "arguments", "result"}
    assert pickle.loads(pickle.dumps(use)) == use
    assert copy.model_dump(exclude_unset=True)["failed"] is True
