"""Chats as they are stored: in the store, in its index, and in the archive."""

import json
from collections.abc import Sequence
from typing import Any, NamedTuple

from arena.errors import StoreError
from arena.records.chat import ModelChat
from arena.store.archive import Address, compact_text, pretty_bytes
from arena.store.chat_rows import row_of
from arena.store.index import index_chats
from arena.store.outbox import Copy, OutboxTables


class _Written(NamedTuple):
    """A chat as it is to be stored."""

    chat: ModelChat
    address: Address
    content: dict[str, Any]
    body: str
    file: bytes


def _written(chat: ModelChat) -> _Written:
    content = chat.model_dump(mode="json")
    address = Address(chat.season, chat.session, chat.ticker, chat.contestant, chat.id)
    return _Written(chat, address, content, compact_text(content), pretty_bytes(content))


class ChatWriting(OutboxTables):
    """What the store does with chats that come in."""

    def save_chat(self, chat: ModelChat) -> None:
        """Store a chat and its archive file, as `save_chats` does."""
        self.save_chats((chat,))

    def save_chats(self, chats: Sequence[ModelChat]) -> None:
        """Store chats and their archive files, all or none; storing one again changes nothing.

        Research that was run ahead under the id of one is a part of it now. StoreError where another chat has the id.
        """
        written = [_written(chat) for chat in chats]
        with self.transaction():
            new = self._not_stored(written)
            if not new:
                return
            for one in new:
                self._prepared.append(one.address)
                self._archive.prepare(one.chat.id, one.file)
            (newest,) = self._rows("SELECT coalesce(max(seq), 0) FROM chats")[0]
            placed = list(enumerate(new, newest + 1))
            self._insert("chats", [{"seq": seq, **row_of(one.chat, one.body)} for seq, one in placed])
            with self._explained():
                index_chats(self._connection, [(seq, one.content) for seq, one in placed])
            ids = [one.chat.id for one in new]
            for chat_id in ids:
                self._copy(Copy("chat", (chat_id,)))
            self._rows("DELETE FROM research WHERE id IN (SELECT value FROM json_each(?))", json.dumps(ids))

    def _not_stored(self, written: Sequence["_Written"]) -> list["_Written"]:
        """Those of which none is stored yet. StoreError where another chat has the id of one."""
        ids = json.dumps([one.chat.id for one in written])
        rows = self._rows("SELECT id, body FROM chats WHERE id IN (SELECT value FROM json_each(?))", ids)
        stored, new = {row["id"]: row["body"] for row in rows}, list[_Written]()
        for one in written:
            if (body := stored.get(one.chat.id)) is None:
                stored[one.chat.id] = one.body
                new.append(one)
                continue
            # In whatever order it was written.
            if body != one.body and json.loads(body) != json.loads(one.body):
                raise StoreError(f"a different chat is already stored as {one.chat.id}")
            # Its file may not have come to its place. It is no part of this writing, which may fail.
            if self._archive.is_pending(one.chat.id):
                self._archive.publish(one.address)
        return new
