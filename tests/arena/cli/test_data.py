import json

from arena.records.market import MarketSnapshot


def test_it_shows_what_the_models_are_shown(arena, folder):
    ran = arena("data", "nvda", "--config", "demo")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("SIMULATED: the market is invented; ")
    for part in (
        "NVDA at the close of 2025-10-14 (2025-10-14 20:00 UTC)",
        "Simulated NVDA Corp.",
        "these prices are simulated",
        "The last 10 bars, as traded, in USD",
        "Indicators at 2025-10-14",
        "The newest statements",
        "8 articles",
        "The newest 7 of 11 social days",
    ):
        assert part in ran.out
    assert list(folder.iterdir()) == []


def test_json_is_one_document_of_the_record_and_the_text_names_its_hash(arena):
    ran = arena("data", "NVDA", "--config", "demo", "--as-of", "2025-10-10", "--json")
    snapshot = MarketSnapshot.model_validate(json.loads(ran.out))
    assert str(snapshot.session) == "2025-10-10"
    assert snapshot.hash in arena("data", "NVDA", "--config", "demo", "--as-of", "2025-10-10").out


def test_a_section_nobody_answered_says_so(arena, folder):
    (folder / "prices").mkdir()
    (folder / "prices" / "NVDA.csv").write_text(
        "Date,Open,High,Low,Close,Volume\n2025-10-13,10,12,9,11,100\n2025-10-14,11,12.5,10,12,200\n"
    )
    (folder / "own.yaml").write_text(
        "contestants:\n  - {name: momentum, kind: rehearsal, style: momentum}\n"
        "market:\n  vendors: [files]\n  files: {folder: prices}\n"
    )
    ran = arena("data", "NVDA", "--config", "own.yaml", "--as-of", "2025-10-14")
    assert ran.code == 0, ran.err
    rows = {line.split()[0]: line for line in ran.out.splitlines() if line and not line.startswith(" ")}
    assert " ok " in rows["prices"]
    assert " ok " not in rows["news"]
    assert "SIMULATED" not in ran.out


def test_a_mistake_is_exit_code_1(arena, folder):
    for argv, sentence in (
        (("../x", "--config", "demo"), "arena: '../x' is not a ticker: "),
        (("NVDA", "--config", "demo", "--as-of", "2025-10-11"), "arena: 2025-10-11 is a Saturday; "),
    ):
        ran = arena("data", *argv)
        assert (ran.code, ran.out) == (1, "")
        assert ran.err.startswith(sentence)
    assert list(folder.iterdir()) == []
