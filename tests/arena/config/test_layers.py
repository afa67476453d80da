from arena.config.document import Document, Place
from arena.config.layers import Override, layered


def document(values: dict) -> Document:
    places = {(): Place("x.yaml"), **{(key,): Place("x.yaml", line) for line, key in enumerate(values, 1)}}
    return Document(values, places)


def test_an_override_reaches_into_a_section_the_file_does_not_have():
    laid = layered(document({}), {}, {"market.simulated.seed": Override(3, "option --seed")})
    assert laid.values == {"market": {"simulated": {"seed": 3}}}
    assert str(laid.place(("market", "simulated", "seed"))) == "option --seed"


def test_an_override_of_a_whole_takes_the_place_of_its_parts():
    given = document({"contestants": [{"name": "a"}]})
    places = {**given.places, ("contestants", 0, "name"): Place("x.yaml", 2)}
    given = Document(given.values, places)
    laid = layered(given, {}, {"contestants": Override([{"name": "b"}], "option --only")})
    assert str(laid.place(("contestants", 0, "name"))) == "option --only"


def test_an_override_leaves_alone_what_is_no_section():
    laid = layered(document({"market": 3}), {}, {"market.timeout": Override(5, "option --timeout")})
    assert laid.values == {"market": 3}
    assert str(laid.place(("market", "timeout"))) == "x.yaml:1"


def test_the_document_itself_is_not_changed():
    given = document({"market": {"vendors": ["yahoo"]}})
    layered(given, {"ARENA_HOME": "h"}, {"market.timeout": Override(5, "option --timeout")})
    assert given.values == {"market": {"vendors": ["yahoo"]}}
    assert given.places.keys() == {(), ("market",)}


def test_an_empty_arena_home_is_no_home():
    assert "home" not in layered(document({}), {"ARENA_HOME": ""}, {}).values


def test_a_tilde_is_the_home_of_the_environment_not_a_folder_of_that_name():
    given = document({"home": "~/arena", "market": {"files": {"folder": "~/prices"}}})
    assert layered(given, {"HOME": "/home/ann"}, {}).values == {
        "home": "/home/ann/arena",
        "market": {"files": {"folder": "/home/ann/prices"}},
    }


def test_only_sections_that_have_defaults_may_be_left_empty():
    given = document({"desk": None, "market": {"files": None, "simulated": None}, "contestants": None, "as_of": None})
    assert layered(given, {}, {}).values == {"market": {}, "contestants": None, "as_of": None}
