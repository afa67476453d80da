import pytest

from arena.config.model import ArenaConfig
from arena.config.twins import unmasked_twin

VEILED = {"name": "veiled", "kind": "rehearsal", "style": "value", "mask": True, "replicas": 3}


def twin(*others):
    config = ArenaConfig(contestants=[VEILED, *others])
    return unmasked_twin(config.contestants[0], config.contestants)


def test_a_twin_differs_in_its_mask_and_in_what_changes_no_question():
    assert twin({**VEILED, "name": "open", "mask": False, "replicas": 1, "knowledge_cutoff": "2025-01-01"}) == "open"


@pytest.mark.parametrize("changed", [{"style": "momentum"}, {"desk": "single"}, {"temperature": 0}, {"mask": True}])
def test_another_setting_makes_another_contestant(changed):
    assert twin({**VEILED, "name": "other", "mask": False, **changed}) is None


def test_nobody_but_a_masked_contestant_has_a_twin():
    rule = {"name": "rule", "kind": "baseline", "rule": "macd"}
    assert twin(rule) is None
    config = ArenaConfig(contestants=[{**VEILED, "mask": False}, VEILED | {"name": "b"}, rule])
    assert [unmasked_twin(one, config.contestants) for one in config.contestants] == [None, "veiled", None]
