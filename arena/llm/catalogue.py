"""An endpoint's catalogue: which models it has, what they cost, and what they can do.

Endpoints tell very different amounts: OpenRouter a model's context, prices and supported parameters,
Ollama little more than its name. What was not told is None, and never guessed. A catalogue is kept
beside the store, since prices are looked up in it while a round runs and nothing is fetched then.
"""

import asyncio
import json
import os
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import httpx2
from pydantic import AwareDatetime, ValidationError

from arena.config.contestants import Endpoint
from arena.config.secrets import redacted
from arena.errors import ModelError
from arena.llm.prices import Rates
from arena.records.base import Record, plain

FRESH = timedelta(days=1)
"""How old a catalogue may be before it is fetched again."""

FETCH_SECONDS = 20.0
LARGEST = 8_000_000
"""Bytes; OpenRouter's is below one million."""


class ListedModel(Record):
    """One model as its endpoint lists it; None is what the endpoint does not tell."""

    id: str
    name: str | None = None
    context: int | None = None
    """Tokens of prompt and answer together."""
    most_completion: int | None = None
    """Tokens one answer may have."""
    rates: Rates | None = None
    parameters: tuple[str, ...] | None = None
    """Supported request parameters under the endpoint's names, such as `tools` and `structured_outputs`."""

    def supports(self, *parameters: str) -> bool | None:
        """Whether any of these parameters is supported; None where the endpoint does not tell."""
        return None if self.parameters is None else not set(parameters).isdisjoint(self.parameters)


class Catalogue(Record):
    """What an endpoint listed at one time, in order of id."""

    base_url: str
    fetched: AwareDatetime
    models: tuple[ListedModel, ...]

    def model(self, model_id: str) -> ListedModel | None:
        """The model of that id; one named without a tag is also found under Ollama's `:latest`."""
        listed = {model.id: model for model in self.models}
        return listed.get(model_id) or listed.get(f"{model_id}:latest")

    def rates(self) -> dict[str, Rates]:
        """The prices that are told, by model id."""
        return {model.id: model.rates for model in self.models if model.rates is not None}


def kept(home: Path, name: str, endpoint: Endpoint) -> Catalogue | None:
    """The catalogue kept for an endpoint; None where there is none, or it is of another address or version."""
    try:
        found = Catalogue.model_validate_json(_file(home, name).read_bytes())
    except (FileNotFoundError, ValidationError):
        return None
    return found if found.base_url == endpoint.base_url else None


def keep(home: Path, name: str, catalogue: Catalogue) -> None:
    """Keep a catalogue, in the place of an earlier one at once."""
    file = _file(home, name)
    file.parent.mkdir(parents=True, exist_ok=True)
    new = file.with_suffix(f".{os.getpid()}-{uuid4().hex[:8]}.new")
    try:
        new.write_text(catalogue.model_dump_json(), encoding="utf-8")
        new.replace(file)
    finally:
        new.unlink(missing_ok=True)


async def fetch(endpoint: Endpoint, key: str | None, now: datetime, *, seconds: float = FETCH_SECONDS) -> Catalogue:
    """Ask an endpoint what it has. Raises ModelError, whose message names the address and no key."""
    return listed_in(await ask(endpoint, "/models", key, seconds=seconds), endpoint, now)


class Asked(Record):
    """What an endpoint answered to a plain GET."""

    address: str
    status: int
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes

    def content(self) -> Any:
        """The body; ModelError where it is not JSON."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            raise ModelError("provider_error", f"{self.address} answered something that is not JSON") from None


def listed_in(asked: Asked, endpoint: Endpoint, now: datetime) -> Catalogue:
    """The catalogue in what an endpoint answered. Raises ModelError where it holds none."""
    if asked.status != 200:
        raise ModelError("provider_error", f"{asked.address} answered HTTP {asked.status}")
    return Catalogue(base_url=endpoint.base_url, fetched=now, models=_models(asked))


async def ask(endpoint: Endpoint, path: str, key: str | None, *, seconds: float) -> Asked:
    """GET a path below an endpoint's base URL, whatever the status. Raises ModelError where no answer came.

    No redirect is followed: the key is for this server.
    """
    address = _address(endpoint, path)
    headers = {"Accept": "application/json", **endpoint.headers}
    if key:
        headers["Authorization"] = f"Bearer {key}"
    try:
        async with (
            asyncio.timeout(seconds),
            httpx2.AsyncClient(timeout=None) as client,
            client.stream("GET", endpoint.base_url.rstrip("/") + path, headers=headers) as answer,
        ):
            body = bytearray()
            async for piece in answer.aiter_bytes():
                body += piece
                if len(body) > LARGEST:
                    raise ModelError("provider_error", f"{address} answered more than {LARGEST:,} bytes")
            told = {name.lower(): value for name, value in answer.headers.items()}
            return Asked(address=address, status=answer.status_code, headers=told, body=bytes(body))
    except TimeoutError:
        raise ModelError("timeout", f"{address} did not answer within {seconds:g} s") from None
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        raise ModelError("provider_error", f"{address} cannot be reached: {_why(error)}") from None


def _why(error: Exception) -> str:
    """The transport's words. They hold no headers, and a password inside an address is taken out."""
    return redacted(str(error)) or type(error).__name__


def _address(endpoint: Endpoint, path: str) -> str:
    return redacted(endpoint.base_url.rstrip("/") + path)


def _file(home: Path, name: str) -> Path:
    return home / "catalogue" / f"{quote(name, safe='')}.json"


def _models(asked: Asked) -> tuple[ListedModel, ...]:
    body = asked.content()
    listed = body.get("data") if isinstance(body, dict) else None
    if not isinstance(listed, list):
        raise ModelError("provider_error", f"{asked.address} answered no list of models")
    found = {row["id"]: _model(row) for row in listed if isinstance(row, dict) and isinstance(row.get("id"), str)}
    return tuple(found[model_id] for model_id in sorted(found))


def _model(row: Mapping[str, Any]) -> ListedModel:
    top = row.get("top_provider")
    return ListedModel(
        id=row["id"],
        name=row["name"] if isinstance(row.get("name"), str) else None,
        # vLLM tells it under a name of its own.
        context=_positive(row.get("context_length")) or _positive(row.get("max_model_len")),
        most_completion=_positive(top.get("max_completion_tokens")) if isinstance(top, dict) else None,
        rates=_rates(row.get("pricing")),
        parameters=_names(row.get("supported_parameters")),
    )


def _positive(told: object) -> int | None:
    return told if isinstance(told, int) and not isinstance(told, bool) and told > 0 else None


def _names(told: object) -> tuple[str, ...] | None:
    return tuple(sorted(name for name in told if isinstance(name, str))) if isinstance(told, Sequence) else None


def _rates(told: object) -> Rates | None:
    """Dollars a token, as text, to dollars per million. A router that picks the model itself tells -1: unknown."""
    if not isinstance(told, dict):
        return None
    prompt, completion = _per_million(told.get("prompt")), _per_million(told.get("completion"))
    request = _dollars(told.get("request", "0"))
    if prompt is None or completion is None or request is None:
        return None
    return Rates(
        prompt=prompt,
        completion=completion,
        request=request,
        cached=_per_million(told.get("input_cache_read")),
        cache_write=_per_million(told.get("input_cache_write")),
    )


def _per_million(told: object) -> Decimal | None:
    """Dollars a token, as the endpoint wrote them, as dollars per million."""
    a_token = _dollars(told)
    return None if a_token is None else plain(a_token.scaleb(6))


def _dollars(told: object) -> Decimal | None:
    if not isinstance(told, str | int | float) or isinstance(told, bool):
        return None
    try:
        amount = Decimal(str(told).strip())
    except InvalidOperation:
        return None
    return amount if amount.is_finite() and amount >= 0 else None
