"""What `arena models` does."""

import asyncio
import os
from collections.abc import Mapping
from datetime import UTC, datetime

from arena.cli.given import loaded
from arena.cli.options import Given
from arena.cli.screen import results, say, write_json
from arena.cli.views.models import models_view
from arena.config.model import ArenaConfig
from arena.errors import ModelError, UsageError
from arena.llm import catalogue
from arena.llm.catalogue import Catalogue, ListedModel


def list_models(given: Given, endpoint: str | None, search: str | None, *, refresh: bool, as_json: bool) -> None:
    """Print the models of the endpoints that are meant. Raises UsageError, also where one tells nothing."""
    found = loaded(given)
    for note in found.notes:
        say(note, "note: ")
    config = found.config
    known = {name: _catalogue(config, name, refresh=refresh) for name in _meant(config, endpoint)}
    chosen = {name: _matching(listed, search) for name, listed in known.items()}
    if search and not any(chosen.values()):
        say(f"no model has {search!r} in its id or name", "note: ")
    if as_json:
        write_json({name: _content(known[name], models) for name, models in chosen.items()})
        return
    results().print(models_view({name: (known[name].fetched, models) for name, models in chosen.items()}))


def _meant(config: ArenaConfig, endpoint: str | None) -> tuple[str, ...]:
    if not config.endpoints:
        raise UsageError("the configuration has no endpoints; name another one with --config, such as `--config arena`")
    if endpoint is None:
        return tuple(sorted(config.endpoints))
    if endpoint not in config.endpoints:
        raise UsageError(f"no endpoint {endpoint}; the configuration has {', '.join(sorted(config.endpoints))}")
    return (endpoint,)


def _catalogue(config: ArenaConfig, name: str, *, refresh: bool) -> Catalogue:
    """What is kept where it is new enough, else what the endpoint tells, else what is kept with a word on its age."""
    endpoint, now = config.endpoints[name], datetime.now(UTC)
    kept = catalogue.kept(config.home, name, endpoint)
    if kept is not None and not refresh and now - kept.fetched < catalogue.FRESH:
        return kept
    try:
        found = asyncio.run(catalogue.fetch(endpoint, _key(endpoint.api_key_env, os.environ), now))
    except ModelError as error:
        if kept is None:
            look = f"check endpoints.{name}.base_url, its key and the network; `arena doctor` looks at all three"
            raise UsageError(f"{error}: {look}") from None
        say(f"{error}; this is what it told on {kept.fetched:%Y-%m-%d %H:%M} UTC", "note: ")
        return kept
    catalogue.keep(config.home, name, found)
    return found


def _key(variable: str | None, environ: Mapping[str, str]) -> str | None:
    """The endpoint's key, if there is one: OpenRouter lists its models to anybody."""
    return environ.get(variable, "").strip() or None if variable else None


def _matching(listed: Catalogue, search: str | None) -> tuple[ListedModel, ...]:
    wanted = (search or "").casefold()
    return tuple(m for m in listed.models if wanted in m.id.casefold() or wanted in (m.name or "").casefold())


def _content(known: Catalogue, models: tuple[ListedModel, ...]) -> dict[str, object]:
    return {
        "base_url": known.base_url,
        "fetched": known.fetched.isoformat(),
        "models": [model.model_dump(mode="json") for model in models],
    }
