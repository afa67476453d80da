"""Sinks from a configuration and its environment."""

import asyncio

import pytest

from arena.config.model import ArenaConfig
from arena.sinks.building import messengers
from arena.sinks.names import configured
from arena.sinks.wire import connections

NOTIFY = {
    "telegram": {"chat_id": "@arena"},
    "slack": {"channel": "#arena", "token_env": "OUR_SLACK"},
    "apprise": {"mail": {"url_env": "MAIL_URL"}, "hook": {"url_env": "HOOK_URL"}},
}


def config(home, notify):
    one = {"name": "m", "kind": "rehearsal", "style": "momentum"}
    return ArenaConfig.model_validate({"home": home, "contestants": [one], "notify": notify})


def built(settings, environ):
    async def run():
        async with connections() as client:
            return messengers(settings, environ, client)

    return asyncio.run(run())


def test_none_is_configured_unless_it_is_named(tmp_path):
    assert configured(config(tmp_path, {})) == ()


@pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")
def test_each_is_made_with_the_key_its_variable_holds(tmp_path):
    pytest.importorskip("apprise", reason="the extra notify is not installed")
    environ = {"TELEGRAM_BOT_TOKEN": "1:x", "OUR_SLACK": " xoxb-1 ", "MAIL_URL": "json://h", "HOOK_URL": "json://h"}
    settings = config(tmp_path, NOTIFY)
    made = built(settings, environ)
    assert tuple(made.made) == configured(settings) == ("telegram", "slack", "apprise.hook", "apprise.mail")
    assert made.missing == {}


def test_a_missing_key_is_named_and_the_others_are_made_all_the_same(tmp_path):
    made = built(config(tmp_path, NOTIFY), {"OUR_SLACK": "xoxb-1", "TELEGRAM_BOT_TOKEN": " "})
    assert tuple(made.made) == ("slack",)
    assert made.missing["telegram"] == (
        "TELEGRAM_BOT_TOKEN is not set; export TELEGRAM_BOT_TOKEN=... or put it in .env"
    )
    assert set(made.missing) == {"telegram", "apprise.mail", "apprise.hook"}
