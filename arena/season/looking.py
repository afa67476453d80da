"""What is stored of seasons: how far each has got, and what one that was broken off had got to."""

from collections.abc import Iterator, Sequence
from datetime import date

from arena.errors import UsageError
from arena.ledger import replay
from arena.records.season import SeasonPlan, SeasonSummary, SeasonView
from arena.rounds.standing import standings_of
from arena.season.planning import remaining
from arena.store import Store


def broken_off(store: Store, plan: SeasonPlan) -> date | None:
    """The session whose round the season has begun and not ended: the last one, as none is begun before that."""
    sessions = store.played_sessions(plan.season)
    # A round that was played by itself, before the season or beside it, is no part of it.
    if not sessions or sessions[-1] < plan.start or (plan.sessions and sessions[-1] not in plan.sessions):
        return None
    return None if sessions[-1] in store.finished_rounds(plan.season) else sessions[-1]


def picked_up(store: Store, plan: SeasonPlan, config_hash: str) -> tuple[str, ...]:
    """Sentences on what earlier runs of the season have left; none for a new one."""
    told = []
    finished = store.finished_rounds(plan.season)
    if finished:
        of = f" of {len(plan.sessions)}" if plan.sessions else ""
        told.append(f"{len(finished)}{of} rounds are over, the last of them {finished[-1]}")
    if (session := broken_off(store, plan)) is not None:
        ended = len(store.decided_chats(plan.season, session, abstentions_too=True))
        desks = len(plan.tickers) * len(plan.contestants)
        told.append(f"the round of {session} was broken off when {ended} of its {desks} desks had ended")
    told += _ready(researched(store, plan.season), session)
    if told and plan.config_hash != config_hash:
        told.append("the season was planned under other settings; what is played from here on is played under these")
    return tuple(told)


def researched(store: Store, season: str) -> tuple[date, ...]:
    """The sessions of the research that is ready for rounds that are not over, one for each desk, in order."""
    finished = set(store.finished_rounds(season))
    return tuple(one.session for one in store.ready_research(season) if one.session not in finished)


def _ready(sessions: Sequence[date], begun: date | None) -> Iterator[str]:
    """Sentences on research that is ready, in the round that was begun and in later ones."""
    begun_too = sum(session == begun for session in sessions)
    for number, of in ((begun_too, "that round"), (len(sessions) - begun_too, "later rounds")):
        if number == 1:
            yield f"1 research half of {of} was ready"
        elif number:
            yield f"{number} research halves of {of} were ready"


def summaries(store: Store) -> tuple[SeasonSummary, ...]:
    """Every season that anything is stored of, by name."""
    return tuple(summary(store, name) for name in sorted({*store.seasons(), *store.planned_seasons()}))


def summary(store: Store, season: str) -> SeasonSummary:
    """A season in a line."""
    plan, sessions = store.plan(season), store.played_sessions(season)
    finished = store.finished_rounds(season)
    return SeasonSummary(
        season=season,
        plan=plan,
        finished=len(finished) if plan else len(sessions),
        broken_off=broken_off(store, plan) if plan else None,
        remaining=remaining(plan, finished) if plan else (),
        researched=len(researched(store, season)) if plan else 0,
        first=sessions[0] if sessions else None,
        last=sessions[-1] if sessions else None,
        rescoring=store.rescoring(season),
    )


def view(store: Store, season: str) -> SeasonView:
    """A season as it stands; nothing is settled for it. Raises UsageError for one that nothing is stored of."""
    if season not in (known := {*store.seasons(), *store.planned_seasons()}):
        raise UsageError(f"no season {season} is stored; those that are: {', '.join(sorted(known)) or 'none'}")
    pending = [order for book in replay(store.events(season)).values() for order in book.pending]
    return SeasonView(
        summary=summary(store, season),
        played=store.played_sessions(season),
        open_orders=tuple(sorted(pending, key=lambda order: (order.contestant, order.ticker, order.session))),
        standings=standings_of(store, season),
    )
