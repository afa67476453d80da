"""Requests over real sockets: which connection each takes, and what becomes of it."""

import asyncio
import gc
import gzip
import ssl
from contextlib import asynccontextmanager
from contextvars import copy_context
from pathlib import Path
from weakref import ref

import httpx2
import pytest
from langchain_core.runnables.config import var_child_runnable_config

from arena.llm.asked import AskingClient
from arena.llm.connections import LoopClients
from arena.llm.transport import KEPT_SECONDS, Destination, Transport
from bench.model_server import closing

CERTIFICATE = Path(__file__).with_name("loopback.pem")
"""Signed by itself, for 127.0.0.1; its key is in the file and protects nothing."""


class Server:
    """Answers every request with its own body, and counts who comes."""

    def __init__(self):
        self.connections = 0
        self.paths = []
        self.writers = []
        self.heard = asyncio.Semaphore(0)
        self.together = asyncio.Event()
        self.together.set()

    async def has_heard(self, requests):
        """Wait for so many more."""
        for _ in range(requests):
            await self.heard.acquire()

    async def talk(self, reader, writer):
        self.connections += 1
        self.writers.append(writer)
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = next(
                    int(line.split(b":")[1]) for line in head.split(b"\r\n") if b"content-length" in line.lower()
                )
                body = await reader.readexactly(length)
                self.paths.append(head.split(b" ")[1].decode())
                self.heard.release()
                await self.together.wait()
                writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % length + body)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.transport.abort()


@asynccontextmanager
async def running(**settings):
    server = Server()
    listening = await asyncio.start_server(server.talk, "127.0.0.1", 0, **settings)
    server.address = f"127.0.0.1:{listening.sockets[0].getsockname()[1]}"
    try:
        yield server
    finally:
        async with closing(listening):
            for writer in server.writers:
                writer.transport.abort()


def trusting(file=None):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if file is not None:
        context.load_verify_locations(file)
    return lambda: context


async def asked(server, client, body=b"{}", scheme="http"):
    return (await client.post(f"{scheme}://{server.address}/v1", content=body)).content


def test_one_request_after_the_other_goes_over_one_connection():
    async def run():
        async with running() as server, httpx2.AsyncClient(transport=Transport(trusting())) as client:
            for number in range(5):
                assert await asked(server, client, b"%d" % number) == b"%d" % number
            return server.connections

    assert asyncio.run(run()) == 1


def test_requests_at_once_have_a_connection_each_and_leave_them_to_the_next():
    async def run():
        async with running() as server, httpx2.AsyncClient(timeout=None, transport=Transport(trusting())) as client:
            for _ in range(3):
                server.together.clear()
                waiting = [asyncio.create_task(asked(server, client, b"%d" % number)) for number in range(30)]
                await server.has_heard(30)
                server.together.set()
                assert await asyncio.gather(*waiting) == [b"%d" % number for number in range(30)]
            return server.connections

    assert asyncio.run(run()) == 30


def test_a_connection_keeps_nothing_of_the_run_it_was_opened_in():
    async def ask():
        async with running() as server, httpx2.AsyncClient(transport=Transport(trusting())) as client:
            run = Server()
            held, context = ref(run), copy_context()
            context.run(var_child_runnable_config.set, {"metadata": {"run": run}})
            await asyncio.create_task(asked(server, client), context=context)
            del run, context
            await asyncio.sleep(0)  # the turn of the loop in which the task ended holds it
            gc.collect()
            assert held() is None
            await asked(server, client)
            return server.connections

    assert asyncio.run(ask()) == 1


def test_a_connection_that_the_server_has_closed_is_not_taken_again():
    async def run():
        async with running() as server, httpx2.AsyncClient(transport=Transport(trusting())) as client:
            await asked(server, client)
            server.writers[0].transport.abort()
            await asyncio.sleep(0.05)
            assert await asked(server, client, b"again") == b"again"
            return server.connections

    assert asyncio.run(run()) == 2


@pytest.mark.slow
def test_a_connection_that_was_free_too_long_is_closed():
    async def run():
        loop = asyncio.get_running_loop()
        async with running() as server, httpx2.AsyncClient(transport=Transport(trusting())) as client:
            began = loop.time()
            await asked(server, client)
            await asyncio.sleep(began + KEPT_SECONDS + 0.2 - loop.time())
            await asked(server, client)
            return server.connections

    assert asyncio.run(run()) == 2


def test_the_connection_of_a_request_that_was_called_off_is_closed():
    async def run():
        async with running() as server, httpx2.AsyncClient(timeout=None, transport=Transport(trusting())) as client:
            server.together.clear()
            waiting = asyncio.create_task(asked(server, client))
            await server.has_heard(1)
            waiting.cancel()
            with pytest.raises(asyncio.CancelledError):
                await waiting
            server.together.set()
            assert await asked(server, client, b"next") == b"next"
            return server.connections

    assert asyncio.run(run()) == 2


def test_what_is_larger_than_any_buffer_goes_through_whole_both_ways():
    body = bytes(range(256)) * 20_000

    async def run():
        async with running() as server, httpx2.AsyncClient(timeout=30, transport=Transport(trusting())) as client:
            return await asked(server, client, body)

    assert asyncio.run(run()) == body


def test_over_tls_only_a_server_that_is_trusted_is_talked_to():
    served = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    served.load_cert_chain(CERTIFICATE)
    body = b"x" * 1_000_000

    async def run():
        async with running(ssl=served) as server:
            async with httpx2.AsyncClient(timeout=30, transport=Transport(trusting(CERTIFICATE))) as client:
                assert await asked(server, client, body, "https") == body
                assert await asked(server, client, b"again", "https") == b"again"
                connections = server.connections
            async with httpx2.AsyncClient(timeout=30, transport=Transport(trusting())) as client:
                with pytest.raises(httpx2.ConnectError, match="certificate verify failed"):
                    await asked(server, client, b"", "https")
            return connections

    assert asyncio.run(run()) == 1


def test_a_silent_server_is_waited_for_as_long_as_the_client_says():
    async def run():
        async with running() as server, httpx2.AsyncClient(timeout=0.1, transport=Transport(trusting())) as client:
            server.together.clear()
            with pytest.raises(httpx2.ReadTimeout):
                await asked(server, client)

    asyncio.run(run())


def test_a_proxy_of_the_environment_is_gone_through(monkeypatch):
    async def run():
        async with running() as server:
            monkeypatch.setenv("HTTP_PROXY", f"http://{server.address}")
            clients = LoopClients(trusting())
            answer = await clients.connections().post("http://models.example/v1", content=b"hello")
            await clients.aclose()
            return answer.content, server.paths

    assert asyncio.run(run()) == (b"hello", ["http://models.example/v1"])


WHOLE = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"


def answered_with(*answers, end="keep"):
    """What a client gets of these bytes, one after the other, and over how many connections."""

    async def run():
        writers = []

        async def talk(reader, writer):
            writers.append(writer)
            try:
                while remaining:
                    await reader.readuntil(b"\r\n\r\n")
                    writer.write(remaining.pop(0))
                    await writer.drain()
                    if end == "close":
                        break
            except (asyncio.IncompleteReadError, ConnectionError):
                pass
            finally:
                writer.close()

        remaining = list(answers)
        listening = await asyncio.start_server(talk, "127.0.0.1", 0)
        address = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}/"
        try:
            async with httpx2.AsyncClient(timeout=30, transport=Transport(trusting())) as client:
                got = [(await client.get(address)).content for _ in answers]
        finally:
            async with closing(listening):
                for writer in writers:
                    writer.transport.abort()
        return got, len(writers)

    return asyncio.run(run())


@pytest.mark.parametrize(
    ("answer", "connections"),
    [
        (WHOLE, 1),
        (b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n" + WHOLE, 1),
        (b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\no\r\n1\r\nk\r\n0\r\nlast: one\r\n\r\n", 1),
        (b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\nok", 2),
        (b"HTTP/1.0 200 OK\r\ncontent-length: 2\r\n\r\nok", 2),
        (WHOLE + WHOLE, 2),
    ],
    ids=["whole", "after interim answers", "in chunks", "closing", "of HTTP/1.0", "twice"],
)
def test_a_connection_is_used_again_where_its_answer_leaves_it_open(answer, connections):
    assert answered_with(answer, answer) == ([b"ok", b"ok"], connections)


def test_an_answer_without_a_length_ends_with_its_connection():
    assert answered_with(b"HTTP/1.1 200 OK\r\n\r\nok", end="close")[0] == [b"ok"]


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"HTTP/1.1 200 OK\r\ncontent-len",
        b"HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nok",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nsk-key\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"sk-key: b\r\n" * 30_000,
        b"SSH-2.0-sk-key\r\n",
    ],
)
def test_what_is_no_whole_answer_is_an_error_that_quotes_none_of_it(answer):
    with pytest.raises((httpx2.RemoteProtocolError, httpx2.ReadError)) as raised:
        answered_with(answer, end="close")
    assert "sk-key" not in str(raised.value)


@pytest.mark.parametrize("header", ["a\nb: c", "a\r\nb: c", "a\0"])
def test_no_header_begins_another_one(header):
    async def run():
        async with running() as server, httpx2.AsyncClient(transport=Transport(trusting())) as client:
            request = client.build_request("POST", f"http://{server.address}/", content=b"{}")
            request.headers["authorization"] = header
            with pytest.raises(httpx2.LocalProtocolError, match="line break or a null"):
                await client.send(request)
            return server.paths

    assert asyncio.run(run()) == []


def test_only_http_is_spoken():
    async def run():
        async with httpx2.AsyncClient(transport=Transport(trusting())) as client:
            with pytest.raises(httpx2.UnsupportedProtocol, match="ftp"):
                await client.get("ftp://127.0.0.1/")

    asyncio.run(run())


def test_what_is_asked_as_it_is_comes_decoded_and_keeps_cookies():
    packed = gzip.compress(b"squeezed")
    head = b"HTTP/1.1 200 OK\r\nset-cookie: seen=1\r\ncontent-encoding: gzip\r\ncontent-length: %d\r\n\r\n"

    async def talk(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(head % len(packed) + packed)
        await writer.drain()
        writer.close()

    async def run():
        listening = await asyncio.start_server(talk, "127.0.0.1", 0)
        to = Destination(f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}/", httpx2.Headers())
        async with AskingClient(trusting()) as client:
            answer = await client.ask(to, b"asked")
            body = b"".join([piece async for piece in answer.aiter_bytes()])
            await answer.aclose()
            async with closing(listening):
                pass
            return answer.status_code, answer.is_success, answer.headers["content-encoding"], body, dict(client.cookies)

    assert asyncio.run(run()) == (200, True, "gzip", b"squeezed", {"seen": "1"})
