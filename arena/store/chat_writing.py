"""Chats as they are stored: in the store, in its index, and in the archive."""

import json
from collections.abc import Sequence
from typing import Any

from arena.errors import StoreError
from arena.records.chat import ModelChat
from arena.search import Passage, passages
from arena.store.archive import Address, chat_text
from arena.store.chat_rows import row_of
from arena.store.index import index_passages
from arena.store.outbox import Copy, OutboxTables


class ChatWriting(OutboxTables):
    """What the store does with chats that come in."""

    def save_chat(self, chat: ModelChat) -> None:
        """Store a chat and its archive file, as `save_chats` does."""
        self.save_chats((chat,))

    def save_chats(self, chats: Sequence[ModelChat]) -> None:
        """Store chats and their archive files, all or none; storing one again changes nothing.

        Research that was run ahead under the id of one is a part of it now. StoreError where another chat has the id.
        """
        with self.transaction():
            stored = self._bodies([chat.id for chat in chats])
            (seq,) = self._rows("SELECT coalesce(max(seq), 0) FROM chats")[0]
            rows, said, new = list[dict[str, object]](), list[tuple[int, Passage]](), list[str]()
            for chat in chats:
                body = chat_text(chat)
                address = Address(chat.season, chat.session, chat.ticker, chat.contestant, chat.id)
                if (known := stored.get(chat.id)) is not None:
                    self._keep_as_it_is(address, known, body)
                    continue
                stored[chat.id] = body
                self._prepared.append(address)
                self._archive.prepare(chat.id, body.encode())
                seq += 1
                rows.append({"seq": seq, **row_of(chat, body)})
                said += [(seq, one) for one in passages(_searched(chat))]
                new.append(chat.id)
            self._insert("chats", rows)
            with self._explained():
                index_passages(self._connection, said)
            for chat_id in new:
                self._copy(Copy("chat", (chat_id,)))
            self._rows("DELETE FROM research WHERE id IN (SELECT value FROM json_each(?))", json.dumps(new))

    def _bodies(self, ids: Sequence[str]) -> dict[str, str]:
        sql = "SELECT id, body FROM chats WHERE id IN (SELECT value FROM json_each(?))"
        return {row["id"]: row["body"] for row in self._rows(sql, json.dumps(ids))}

    def _keep_as_it_is(self, address: Address, stored: str, body: str) -> None:
        """Leave a chat that is stored. StoreError where it is another one."""
        # In whatever order it was written.
        if stored != body and json.loads(stored) != json.loads(body):
            raise StoreError(f"a different chat is already stored as {address.id}")
        # Its file may not have come to its place. It is no part of this writing, which may fail.
        if address not in self._prepared and self._archive.is_pending(address.id):
            self._archive.publish(address)


def _searched(chat: ModelChat) -> dict[str, Any]:
    """A chat as JSON, without its calls where those are not searched: they are three quarters of it."""
    return chat.model_dump(mode="json", exclude=None if chat.imported is not None else {"calls"})
