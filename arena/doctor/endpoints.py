"""Endpoints: is the key there, does the server answer, does it take the key, and do the clocks agree."""

import email.utils
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from arena.config.contestants import Endpoint
from arena.doctor.finding import Finding, failed, ok, warning
from arena.errors import ModelError
from arena.llm.catalogue import Asked, Catalogue, ask, listed_in

CLOCK_TOLERANCE = timedelta(minutes=5)
"""How far the clocks may be apart: beyond it TLS certificates and waits until an instant go wrong."""


class Visit(NamedTuple):
    """What a visit to an endpoint brought."""

    findings: tuple[Finding, ...]
    catalogue: Catalogue | None
    """What it lists; None where it did not say."""


async def visit(name: str, endpoint: Endpoint, environ: Mapping[str, str], now: datetime, *, seconds: float) -> Visit:
    """Look at one endpoint. Asks nothing that costs money."""
    key = environ.get(endpoint.api_key_env, "").strip() if endpoint.api_key_env else None
    keys = (_key(name, endpoint.api_key_env, key),) if endpoint.api_key_env else ()
    title = f"endpoint {name}"
    try:
        models = await ask(endpoint, "/models", key, seconds=seconds)
    except ModelError as error:
        remedy = f"check endpoints.{name}.base_url, the network, and whether the server runs"
        return Visit((*keys, failed(title, str(error), remedy)), None)
    clocks = _clock(name, models.headers, now)
    if models.status in (401, 403):
        return Visit((*keys, _refused(title, models, endpoint), *clocks), None)
    try:
        listed = listed_in(models, endpoint, now)
    except ModelError as error:
        remedy = f"check that endpoints.{name}.base_url ends in the version part, such as https://openrouter.ai/api/v1"
        return Visit((*keys, failed(title, str(error), remedy), *clocks), None)
    answers = ok(title, f"{models.address} lists {len(listed.models):,} models")
    return Visit((*keys, answers, *await _account(name, endpoint, key, seconds), *clocks), listed)


def _key(name: str, variable: str, key: str | None) -> Finding:
    if key:
        return ok(f"key {variable}", f"set, for the endpoint {name}")
    return failed(f"key {variable}", "not set", f"export {variable}=... or put it in .env; never in a config file")


def _refused(title: str, asked: Asked, endpoint: Endpoint) -> Finding:
    remedy = f"check the key in {endpoint.api_key_env}" if endpoint.api_key_env else "name its variable as api_key_env"
    return failed(title, f"{asked.address} answered HTTP {asked.status}: the key is not accepted", remedy)


async def _account(name: str, endpoint: Endpoint, key: str | None, seconds: float) -> tuple[Finding, ...]:
    """What the endpoint says of the key itself, where it offers that, as OpenRouter does; its list is for anybody."""
    if not key:
        return ()
    title = f"account at {name}"
    try:
        asked = await ask(endpoint, "/key", key, seconds=seconds)
        if asked.status in (401, 403):
            return (_refused(title, asked, endpoint),)
        if asked.status != 200:
            return ()
        body = asked.content()
    except ModelError as error:
        return (warning(title, str(error), "try again; whether the key is accepted is not known"),)
    data = body.get("data") if isinstance(body, dict) else None
    left = data.get("limit_remaining") if isinstance(data, dict) else None
    if isinstance(left, int | float) and not isinstance(left, bool):
        if left <= 0:
            return (failed(title, "the key is accepted, and its credit is used up", "add credit or raise its limit"),)
        return (ok(title, f"the key is accepted, with ${left:,.2f} left of its limit"),)
    return (ok(title, "the key is accepted"),)


def _clock(name: str, headers: Mapping[str, str], now: datetime) -> tuple[Finding, ...]:
    """This machine's clock against the server's, where the server tells its own."""
    try:
        told = email.utils.parsedate_to_datetime(headers.get("date", ""))
    except ValueError:
        return ()
    theirs = told if told.tzinfo else told.replace(tzinfo=UTC)
    apart = abs(now - theirs)
    title = f"clock against {name}"
    if apart > CLOCK_TOLERANCE:
        said = f"this machine says {now.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC, the server {theirs:%Y-%m-%d %H:%M:%S}"
        return (failed(title, said, "set this machine's clock, by NTP if it can be"),)
    return (ok(title, f"{apart.total_seconds():.0f} s apart"),)
