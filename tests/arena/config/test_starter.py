import re
from collections.abc import Iterator

import pytest
from pydantic.fields import FieldInfo

from arena.config.finding import packaged
from arena.config.loading import load, read
from arena.config.model import ArenaConfig
from arena.config.settings import CONTESTANT_KINDS, record_within
from arena.config.starter import starter_text
from arena.records.base import Record
from arena.records.meanings import meaning


def fields(record: type[Record]) -> Iterator[tuple[str, FieldInfo, str]]:
    for name, field in record.model_fields.items():
        yield name, field, meaning(record, name)
        if inner := record_within(field.annotation):
            yield from fields(inner)


ALL_FIELDS = [*fields(ArenaConfig), *(one for kind in CONTESTANT_KINDS.values() for one in fields(kind))]


@pytest.fixture
def starter(tmp_path):
    file = tmp_path / "arena.yaml"
    file.write_text(starter_text(), encoding="utf-8")
    return file


def test_it_loads_to_the_packaged_configuration(starter):
    assert load(starter, {}).config == load(packaged("arena"), {}).config


def test_what_is_commented_out_is_what_holds_anyway(starter):
    text = starter.read_text(encoding="utf-8")
    examples = text.index("  # Any LangChain chat model"), text.index("# The desk every contestant gets")
    text = text[: examples[0]] + text[examples[1] :]
    # Sections that are off unless they are there, and settings by names of one's own: each has an example.
    text, off = re.subn(
        r"^( *)#(?:files|prices|telegram|slack|apprise|quiet_hours|supabase):\n(?:\1 .*\n)+",
        "",
        text,
        flags=re.MULTILINE,
    )
    assert off == 7
    uncommented, count = re.subn(r"^( *)#(?=[a-z_]+:)", r"\1", text, flags=re.MULTILINE)
    assert count > 25
    starter.write_text(uncommented, encoding="utf-8")
    config = load(starter, {}).config
    assert config == load(packaged("arena"), {}).config
    assert config.hash == load(packaged("arena"), {}).config.hash


def test_the_examples_load_once_they_are_uncommented(starter):
    text = re.sub(r"^( *)#(?=(- )?[\w/]+:)", r"\1", starter.read_text(encoding="utf-8"), flags=re.MULTILINE)
    starter.write_text(text, encoding="utf-8")
    config = load(starter, {}).config
    assert [contestant.kind for contestant in config.contestants][-3:] == ["class", "rehearsal", "baseline"]
    assert config.market.files is not None
    assert config.prices["maker/model"].completion == 15
    assert config.notify.slack is not None
    assert config.notify.apprise["mail"].url_env == "MAIL_APPRISE_URL"
    assert config.supabase is not None


@pytest.mark.parametrize(("name", "field", "told"), ALL_FIELDS, ids=[name for name, *_ in ALL_FIELDS])
def test_every_setting_is_there_with_its_meaning(name, field, told):
    flowing = " ".join(re.sub(r"^ *# ", "", line) for line in starter_text().splitlines())
    assert re.search(rf"(^|[ #])(- )?{name}:", flowing)
    told = told or record_within(field.annotation).__doc__
    assert told
    assert " ".join(told.split()) in " ".join(flowing.split())


def test_no_line_is_too_long_to_read():
    assert max(map(len, starter_text().splitlines())) <= 104


def test_it_is_made_of_what_the_packaged_file_gives(starter):
    assert [c["name"] for c in read(starter).values["contestants"]] == ["claude", "gpt", "gemini", "deepseek", "qwen"]
