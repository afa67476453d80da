"""What is kept on the tape and found again: the exchanges of a chat, and the prices that books were settled at."""

import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any, cast

from langchain_core.messages import AIMessage, BaseMessage

from arena.errors import StoreError
from arena.market.market import SourcedHistory
from arena.same import once_for_each
from arena.tape.exchange import ChatTape, Exchange, TapeLabel, Trouble
from arena.tape.file import RESEARCH_ONLY, NewParts, TapeFile, loaded_json, stored_json
from arena.tape.parts import Fetch, fetched_tree, fingerprint, kept_tree
from arena.tape.plain import from_plain, message_from_plain, to_plain

_MESSAGES = 256
"""Messages of one chat that are known again: each turn of a conversation holds those before."""


class Tape(TapeFile):
    """The tape of one home folder. Every method raises StoreError where the file is locked or damaged."""

    def save_chat(self, tape: ChatTape) -> None:
        """Keep a chat's tape, as `save_chats` does."""
        self.save_chats((tape,))

    def save_chats(self, tapes: Sequence[ChatTape]) -> None:
        """Keep chats' tapes, all of them whole or nothing; keeping one again changes nothing."""
        sql = "SELECT id FROM chats WHERE id IN (SELECT value FROM json_each(?))"
        kept = {chat_id for (chat_id,) in self.rows(sql, json.dumps([tape.chat_id for tape in tapes]))}
        fresh = dict[str, ChatTape]()
        for tape in tapes:
            if tape.chat_id not in kept:
                fresh.setdefault(tape.chat_id, tape)
        if not fresh:
            return
        with self.writing() as new:
            labels = [
                (tape.chat_id, kept_tree(tape.label.model_dump(mode="json"), new.keep)) for tape in fresh.values()
            ]
            self.insert("INSERT INTO chats", labels)
            self._keep([(tape.chat_id, 0, tape.exchanges) for tape in fresh.values()], new)

    def keep_ahead(self, exchanges: Sequence[Exchange]) -> None:
        """Keep exchanges that have ended, so that their chat takes less. Where none follows pruning drops them."""
        with self.writing() as new:
            told = _telling(new)
            numbers = [_kept(exchange, told, new) for exchange in exchanges]
        for exchange, number in zip(exchanges, numbers, strict=True):
            self.kept[exchange] = number

    def save_research(self, chat_id: str, exchanges: Sequence[Exchange]) -> None:
        """Keep the exchanges of a chat's research; until the rest follows the chat is not on the tape."""
        with self.writing() as new:
            self.insert("INSERT INTO chats", [(chat_id, RESEARCH_ONLY)])
            self._keep([(chat_id, 0, exchanges)], new)

    def complete(self, rest: ChatTape, research: int) -> None:
        """Keep the rest of a chat's tape, behind the first so many exchanges, which are its research.

        What a process left there that was killed before the chat was stored gives way. Where the research is not on
        the tape nothing is kept, as a part would pass for the whole.
        """
        if self._label(rest.chat_id) is None:
            return
        with self.writing() as new:
            label = kept_tree(rest.label.model_dump(mode="json"), new.keep)
            self.change("UPDATE chats SET label = ? WHERE id = ?", label, rest.chat_id)
            self.change("DELETE FROM exchanges WHERE chat = ? AND ordinal >= ?", rest.chat_id, research)
            self._keep([(rest.chat_id, research, rest.exchanges)], new)

    def pruned(self, chat_id: str) -> str | None:
        """The day that chat was pruned, YYYY-MM-DD; None where it was not."""
        found = self.rows("SELECT at FROM pruned WHERE chat = ?", chat_id)
        return str(found[0][0])[:10] if found else None

    def chat(self, chat_id: str) -> ChatTape | None:
        """The tape of a chat, by its full id; None where it is not on the tape, or no more than its research is."""
        if not (number := self._label(chat_id)):
            return None
        sql = "SELECT role, request, latency, content FROM exchanges WHERE chat = ? ORDER BY ordinal"
        exchanges = tuple(
            _fetched(role, request.hex(), latency, fetched_tree(content, self.part), self.part)
            for role, request, latency, content in self.rows(sql, chat_id)
        )
        label = TapeLabel.model_validate(fetched_tree(number, self.part))
        return ChatTape(chat_id=chat_id, label=label, exchanges=exchanges)

    def save_prices(self, season: str, history: SourcedHistory) -> None:
        """Keep prices a season's books were settled at; the same again change nothing."""
        content = history.model_dump(mode="json")
        name = fingerprint(json.dumps(content, sort_keys=True))
        with self.writing():
            self.change(
                "INSERT OR IGNORE INTO prices SELECT ?, ?, ?, coalesce(max(seq), 0) + 1, ? FROM prices",
                *(season, history.history.ticker, name, stored_json(content)),
            )

    def prices(self, season: str) -> tuple[SourcedHistory, ...]:
        """Every history a season's books were settled at, in the order it was kept."""
        bodies = self.rows("SELECT body FROM prices WHERE season = ? ORDER BY seq", season)
        return tuple(SourcedHistory.model_validate(loaded_json(body)) for (body,) in bodies)

    def chat_ids(self) -> tuple[str, ...]:
        """The chats on the tape, by id."""
        found = self.rows("SELECT id FROM chats WHERE label <> ? ORDER BY id", RESEARCH_ONLY)
        return tuple(chat_id for (chat_id,) in found)

    def _label(self, chat_id: str) -> int | None:
        """The number of a chat's label; None where nothing of the chat is on the tape."""
        found = self.rows("SELECT label FROM chats WHERE id = ?", chat_id)
        return int(found[0][0]) if found else None

    def _keep(self, chats: Iterable[tuple[str, int, Sequence[Exchange]]], new: NewParts) -> None:
        """Keep exchanges by their chat, from a number on."""
        told = _telling(new)
        self.insert(
            "INSERT INTO exchanges",
            [
                (chat_id, number, e.role, bytes.fromhex(e.request), e.latency, self.kept.get(e) or _kept(e, told, new))
                for chat_id, first, exchanges in chats
                for number, e in enumerate(exchanges, first)
            ],
        )


def _telling(new: NewParts) -> Callable[[BaseMessage], int]:
    """From a message to its number."""

    @once_for_each(most=_MESSAGES)
    def told(message: BaseMessage) -> int:
        return new.tree(message.model_dump())

    return told


def _kept(exchange: Exchange, told: Callable[[BaseMessage], int], new: NewParts) -> int:
    """The number of an exchange's content. Messages are parts of their own: a conversation's turns share them."""
    return kept_tree(
        {
            "call": exchange.call_id,
            "model": exchange.model,
            "rung": exchange.rung,
            "prompt": [told(message) for message in exchange.prompt],
            "options": new.tree(dict(exchange.options)),
            "started": exchange.started,
            "ended": exchange.ended,
            "reply": told(exchange.reply) if exchange.reply is not None else None,
            "trouble": exchange.trouble.model_dump(mode="json") if exchange.trouble is not None else None,
            "failed": kept_tree(to_plain(exchange.failed), new.keep) if exchange.failed else None,
        },
        new.keep,
    )


def _fetched(role: str, request: str, latency: float | None, content: dict[str, Any], fetch: Fetch) -> Exchange:
    reply, failed = content["reply"], content.get("failed")
    answer = message_from_plain(fetched_tree(reply, fetch)) if reply is not None else None
    if answer is not None and not isinstance(answer, AIMessage):
        raise StoreError(f"the tape holds a {answer.type} message where a model's reply should be; it is damaged")
    return Exchange(
        call_id=content["call"],
        role=role,
        request=request,
        model=content["model"],
        rung=content["rung"],
        prompt=tuple(message_from_plain(fetched_tree(number, fetch)) for number in content["prompt"]),
        # As the plain JSON it was kept as: it is read by people and compared, never sent again.
        options=cast("dict[str, Any]", fetched_tree(content["options"], fetch)),
        started=content["started"],
        ended=content["ended"],
        reply=answer,
        trouble=Trouble.model_validate(content["trouble"]) if content["trouble"] is not None else None,
        latency=latency,
        failed=from_plain(fetched_tree(failed, fetch)) if failed is not None else (),
    )
