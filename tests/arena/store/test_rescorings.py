"""Rescored seasons in the store: their chats and tallies are those of the season they re-price."""

from arena.records.rescoring import Changed, Rescoring
from tests.arena.store.chat import make_chat
from tests.arena.trading import opened

RESCORING = Rescoring(
    season="dearer",
    origin="main",
    settings={"slippage_bps": "20"},
    changed=(Changed(name="slippage_bps", recorded="0", rescored="20"),),
)


def test_what_a_season_re_prices_is_read_as_it_was_written_and_the_first_word_stays(store):
    assert store.rescoring("dearer") is None
    store.save_rescoring(RESCORING)
    store.save_rescoring(RESCORING.model_copy(update={"origin": "other"}))
    assert store.rescoring("dearer") == RESCORING
    assert store.rescoring("main") is None


def test_the_chats_of_a_rescored_season_are_its_origins(store):
    store.save_rescoring(RESCORING)
    assert store.season_of_chats("dearer") == "main"
    assert store.season_of_chats("main") == "main"
    store.save_chat(make_chat(labels=("simulated",)))
    store.append_events("dearer", [opened()])
    (own,), (re_priced,) = store.tallies("main"), store.tallies("dearer")
    assert own.labels == ("simulated",)
    assert re_priced.labels == ("simulated", "rescored")
    assert re_priced.model_copy(update={"labels": own.labels}) == own
