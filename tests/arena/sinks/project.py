"""A Supabase project on loopback: a real PostgreSQL with Supabase's roles, a real PostgREST, and a gateway to it."""

import base64
import hashlib
import hmac
import http.client
import json
import os
import secrets
import socket
import subprocess
import time
import urllib.error
import urllib.request
from contextlib import contextmanager

from tests.loopback import Reply, loopback

POSTGRES, POSTGREST = os.environ.get("ARENA_TEST_POSTGRES"), os.environ.get("ARENA_TEST_POSTGREST")
SECRET = "a-secret-of-this-test-that-signs-the-tokens-of-a-project"

# What a Supabase project has before anybody makes a table in it: whatever is made is everybody's at first.
PROJECT = """
grant usage on schema public to anon, authenticated, service_role;
alter default privileges in schema public grant all on tables to anon, authenticated, service_role;
"""


def token(role):
    """A key of the project, as a JSON Web Token."""

    def part(content):
        return base64.urlsafe_b64encode(content).rstrip(b"=")

    signed = b".".join(part(json.dumps(one).encode()) for one in ({"alg": "HS256", "typ": "JWT"}, {"role": role}))
    return b".".join((signed, part(hmac.new(SECRET.encode(), signed, hashlib.sha256).digest()))).decode()


SERVICE, ANON = token("service_role"), token("anon")


class Project:
    """A database of its own, and the server in front of it."""

    def __init__(self):
        self.name = f"arena_{secrets.token_hex(6)}"
        self.url = ""
        self._server = None
        self._port = None
        sql(f"create database {self.name} template template0;", "postgres")
        self.sql(PROJECT)

    def sql(self, text):
        """What psql prints for these statements, a line a row."""
        return sql(text, self.name)

    def count(self):
        """The rows of each table."""
        tables = ("rounds", "chats", "prompts", "fills", "standings")
        return {table: int(self.sql(f"select count(*) from {table}")) for table in tables}

    def start(self):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port = free.getsockname()[1]
        settings = {
            "PGRST_DB_URI": f"{POSTGRES.replace('postgres@', 'authenticator@')}/{self.name}",
            "PGRST_DB_SCHEMAS": "public",
            "PGRST_DB_ANON_ROLE": "anon",
            "PGRST_JWT_SECRET": SECRET,
            "PGRST_SERVER_HOST": "127.0.0.1",
            "PGRST_SERVER_PORT": str(self._port),
        }
        self._server = subprocess.Popen(
            [POSTGREST], env={**os.environ, **settings}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        until = time.monotonic() + 60
        while self.ask("/", ANON)[0] != 200:
            assert time.monotonic() < until, "PostgREST does not start"
            time.sleep(0.05)

    def stop(self):
        if self._server is not None:
            self._server.kill()
            self._server.wait()
            self._server = None

    def gateway(self, request):
        """What stands before every project: /rest/v1 leads to PostgREST, for those who have a key."""
        if not request.headers.get("apikey"):
            return Reply(401, {"message": "No API key found in request"})
        if self._server is None:
            return Reply(503, {"message": "name resolution failed"})
        kept = {name: value for name, value in request.headers.items() if name not in ("host", "content-length")}
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=60)
        try:
            connection.request(request.method, request.target.removeprefix("/rest/v1"), request.body, kept)
            answer = connection.getresponse()
            return Reply(answer.status, answer.read(), {"content-type": answer.headers.get("content-type", "")})
        except OSError:
            return Reply(502, {"message": "no connection"})
        finally:
            connection.close()

    def ask(self, path, key, content=None):
        """Status and body of a question, past the gateway."""
        body = None if content is None else json.dumps(content).encode()
        headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        question = urllib.request.Request(f"http://127.0.0.1:{self._port}{path}", body, headers)
        try:
            with urllib.request.urlopen(question, timeout=60) as answer:
                return answer.status, json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read() or b"null")
        except OSError:
            return 0, None


def sql(text, database):
    ran = subprocess.run(
        ["psql", "-v", "ON_ERROR_STOP=1", "-qtA", "-d", f"{POSTGRES}/{database}"],
        input=text,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout.strip()


@contextmanager
def project():
    made = Project()
    try:
        with loopback(made.gateway) as server:
            made.url = server.url
            yield made
    finally:
        made.stop()
        sql(f"drop database {made.name} with (force);", "postgres")
