"""The cloud copy in a Supabase project, over the REST interface that PostgREST gives its database.

Rows are upserted by their ids, so that sending one twice changes nothing. Only requests of one kind are needed, which
Supabase's own client, and the twenty-odd packages it brings, would make no simpler.
https://docs.postgrest.org/en/v12/references/api/tables_views.html#upsert
"""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import httpx2

from arena.config.secrets import Secrets
from arena.config.sinks import SupabaseSettings
from arena.llm.waits import wait_asked_for
from arena.records.outbox import OutboxRow
from arena.sinks.sink import ONE_MESSAGE, Answer, Later, Refused, Sent
from arena.sinks.tables import TABLES, rows_of
from arena.sinks.wire import Reply, request
from arena.store import Store

LARGEST = 500_000
"""Characters of JSON that go into one request, unless a single record has more."""

_NO_TABLES = {"PGRST204", "PGRST205", "PGRST106", "42P01", "42703", "42P10", "3F000"}
"""A table, a column or a key that is not there, in PostgREST's words and in PostgreSQL's."""
_NO_KEY = {"PGRST301", "PGRST302", "PGRST303"}
_SCHEMA = "apply what `arena supabase schema` prints, in the project's SQL editor"


class Supabase:
    """One project."""

    name = "supabase"
    most = 200
    heeds_quiet = False

    def __init__(self, settings: SupabaseSettings, url: str, key: str, client: httpx2.AsyncClient) -> None:
        self._settings = settings
        self._url = url.rstrip("/")
        self._client = client
        self._secrets = Secrets({"KEY": key})
        # A secret key of the newer kind is no token, and is refused as one.
        token = {"Authorization": f"Bearer {key}"} if key.startswith("eyJ") else {}
        self._headers = {"apikey": key, **token}

    async def send(self, rows: Sequence[OutboxRow], store: Store) -> Answer:
        """Upsert the records of the first deliveries, as many as fit into one request a table."""
        taken, tables = self._gathered(rows, store)
        for table in TABLES:
            if table in tables:
                answer = await self._upsert(table, tables[table])
                if not isinstance(answer, Sent):
                    return answer
        return Sent(taken)

    async def look(self) -> Answer:
        """Whether the project answers, takes the key, and has the tables."""
        for table in TABLES:
            address = f"{self._url}/rest/v1/{table}?select=id&limit=1"
            reply = await request(self._client, address, self._secrets, headers=self._headers, method="GET")
            answer = reply if isinstance(reply, Later) else self._judged(reply)
            if not isinstance(answer, Sent):
                return answer
        return Sent()

    def _gathered(self, rows: Sequence[OutboxRow], store: Store) -> tuple[int, Mapping[str, list[dict[str, Any]]]]:
        """How many deliveries fit, and their rows by table; the first always does."""
        tables: dict[str, list[dict[str, Any]]] = {}
        taken = size = 0
        for row in rows:
            found = rows_of(row, store, prompts=self._settings.prompts)
            size += len(json.dumps(found))
            if taken and size > LARGEST:
                break
            for table, records in found.items():
                tables.setdefault(table, []).extend(records)
            taken += 1
        return taken, tables

    async def _upsert(self, table: str, records: list[dict[str, Any]]) -> Answer:
        if not records:
            return Sent()
        headers = {**self._headers, "Prefer": "resolution=merge-duplicates,return=minimal"}
        address = f"{self._url}/rest/v1/{table}?on_conflict=id"
        reply = await request(self._client, address, self._secrets, headers=headers, content=records)
        return reply if isinstance(reply, Later) else self._judged(reply, empty=True)

    def _judged(self, reply: Reply, *, empty: bool = False) -> Answer:
        """What an answer means; `empty` is one that has no body where all is well."""
        if reply.status in (200, 201, 204, 206):
            right = not reply.text if empty else reply.text.lstrip().startswith("[")
            return Sent() if right else Later(f"it answered as no PostgREST does: {reply.told()}")
        if reply.status == 429 or reply.status >= 500 or reply.status < 400:
            return Later(_why(reply), wait_asked_for(reply.headers, datetime.now(UTC)))
        return self._refused(reply)

    def _refused(self, reply: Reply) -> Refused:
        code, why = reply.content.get("code"), _why(reply)
        # Up to version 12.0 PostgREST says nothing more of a table that is not there.
        if code in _NO_TABLES or (reply.status == 404 and reply.text.strip() == "{}"):
            return Refused(why, _SCHEMA, whole=True)
        if code == "42501":
            key = self._settings.key_env
            return Refused(why, f"{key} may not write: take the key service_role, or a secret key", whole=True)
        if reply.status in (401, 403) or code in _NO_KEY:
            return Refused(why, f"check the key in {self._settings.key_env}", whole=True)
        if reply.status in (404, 405):
            return Refused(why, f"check the address in {self._settings.url_env}", whole=True)
        return Refused(why, ONE_MESSAGE)


def _why(reply: Reply) -> str:
    told = reply.content.get("message")
    return told if isinstance(told, str) and told else reply.told()
