"""Contestants: is each one's model there, can it do what a desk asks, and can the budget hold it."""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches

from arena.config.contestants import BaselineContestant, ClassContestant, Contestant, EndpointContestant
from arena.config.model import ArenaConfig
from arena.doctor.finding import Finding, failed, ok, warning
from arena.errors import ConfigError
from arena.llm.catalogue import Catalogue, ListedModel
from arena.llm.pool import ModelPool
from arena.llm.prices import PriceList
from arena.rounds.treasury import models_at

_SEARCH = "`arena models --search` shows what the endpoint has"


def contestants(
    config: ArenaConfig, catalogues: Mapping[str, Catalogue], environ: Mapping[str, str]
) -> Iterator[Finding]:
    """One finding a model of each enabled contestant, however many replicas; `catalogues` are the endpoints' own."""
    for contestant in sorted((c for c in config.contestants if c.enabled), key=lambda c: c.name):
        if isinstance(contestant, EndpointContestant):
            for model in models_at(contestant):
                yield _model(config, contestant, model, catalogues.get(contestant.endpoint))
        elif isinstance(contestant, ClassContestant):
            yield _class(config, contestant, environ)
        elif isinstance(contestant, BaselineContestant):
            yield ok(_title(contestant), f"a baseline with the rule {contestant.rule}; it needs nothing")
        else:
            yield ok(_title(contestant), f"a stand-in with the style {contestant.style}; it needs nothing")


def _title(contestant: Contestant) -> str:
    times = f" ({contestant.replicas} replicas)" if contestant.replicas > 1 else ""
    return f"contestant {contestant.name}{times}"


def _model(config: ArenaConfig, contestant: EndpointContestant, model: str, known: Catalogue | None) -> Finding:
    title = _title(contestant)
    if known is None:
        remedy = f"put the endpoint {contestant.endpoint} right first"
        return warning(title, f"{model} was not looked at: {contestant.endpoint} listed nothing", remedy)
    listed = known.model(model)
    if listed is None:
        near = get_close_matches(model, [other.id for other in known.models], n=3, cutoff=0.6)
        hint = f"; the nearest are {', '.join(near)}" if near else ""
        return failed(title, f"{contestant.endpoint} does not list {model}{hint}", f"change the model; {_SEARCH}")
    if _unpriced(config, model, known):
        told = f"a budget is set and no price is known for {model}, so its desks would abstain"
        return failed(title, told, "add the model under `prices` in the configuration")
    lacks = list(_lacks(listed, contestant))
    if lacks:
        return warning(title, f"{model}: {'; '.join(lacks)}", f"it competes all the same; {_SEARCH}")
    if listed.parameters is None:
        return ok(title, f"{model} is listed; the endpoint does not tell what it supports")
    return ok(title, f"{model} is listed, and supports tools and structured answers")


def _unpriced(config: ArenaConfig, model: str, known: Catalogue) -> bool:
    capped = any(cap is not None for cap in dict(config.budget).values())
    return capped and PriceList(config.prices, known.rates).of(model) is None


def _lacks(listed: ListedModel, contestant: EndpointContestant) -> Iterator[str]:
    if listed.supports("tools") is False:
        yield "it calls no tools, so analysts are shown the data at once"
    if listed.supports("structured_outputs", "response_format") is False:
        yield "it offers no structured answers, so forms are asked for in words"
    if listed.most_completion is not None and contestant.max_tokens > listed.most_completion:
        yield f"max_tokens is {contestant.max_tokens:,} and it answers with at most {listed.most_completion:,}"


def _class(config: ArenaConfig, contestant: ClassContestant, environ: Mapping[str, str]) -> Finding:
    try:
        ModelPool(config, environ).check((contestant,))
    except ConfigError as error:
        return failed(_title(contestant), str(error), "install its package, or put its arguments right")
    return ok(_title(contestant), f"{contestant.chat_model} can be made; whether it answers shows in a round only")
