"""The loopback model server, which half of the tests and every benchmark stand on, over plain sockets."""

import json
import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPResponse
from typing import Any
from urllib.parse import urlsplit

import pytest

from bench.model_server import MODELS_PATH, PATH, ModelServer, Reply

MISTRAL = {"id": "mistral"}


def said_back(body: dict[str, Any], headers: Mapping[str, str]) -> Reply:
    return Reply(body=body)


@contextmanager
def connected(server: ModelServer) -> Iterator[socket.socket]:
    address = urlsplit(server.base_url)
    with socket.create_connection((address.hostname, address.port), timeout=10) as client:
        yield client


def posted(body: object, path: str = PATH) -> bytes:
    content = json.dumps(body).encode()
    return f"POST {path} HTTP/1.1\r\nhost: here\r\nContent-Length: {len(content)}\r\n\r\n".encode() + content


def answer(client: socket.socket) -> tuple[int, bytes]:
    response = HTTPResponse(client)
    response.begin()
    return response.status, response.read()


def until_the_end(client: socket.socket) -> bytes:
    return b"".join(iter(lambda: client.recv(65536), b""))


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with ModelServer(said_back, models=[MISTRAL]) as running:
        yield running


def test_a_connection_is_kept_for_one_request_after_the_other(server: ModelServer) -> None:
    with connected(server) as client:
        for number in range(3):
            client.sendall(posted({"n": number}))
            assert answer(client) == (200, b'{"n":%d}' % number)
    assert [request.body for request in server.requests] == [{"n": 0}, {"n": 1}, {"n": 2}]


def test_a_request_that_comes_in_pieces_is_answered_once_it_is_whole(server: ModelServer) -> None:
    sent = posted({"words": "in pieces"})
    with connected(server) as client:
        for place in range(0, len(sent), 7):
            client.sendall(sent[place : place + 7])
            time.sleep(0.001)
        assert answer(client) == (200, b'{"words":"in pieces"}')
    assert len(server.requests) == 1


def test_requests_that_come_at_once_are_answered_in_their_order(server: ModelServer) -> None:
    with connected(server) as client:
        client.sendall(b"".join(posted({"n": number}) for number in range(3)))
        client.shutdown(socket.SHUT_WR)
        bodies = [part.partition(b"\r\n\r\n")[2] for part in until_the_end(client).split(b"HTTP/1.1 200 OK")[1:]]
    assert bodies == [b'{"n":0}', b'{"n":1}', b'{"n":2}']


def test_a_client_that_has_closed_its_end_still_gets_its_answer_and_then_the_end() -> None:
    with ModelServer(said_back, delay=0.05) as server, connected(server) as client:
        client.sendall(posted({"n": 1}))
        client.shutdown(socket.SHUT_WR)
        assert until_the_end(client).endswith(b'{"n":1}')


def test_no_answer_comes_before_its_delay_is_over() -> None:
    with ModelServer(said_back, delay=0.1) as server, connected(server) as client:
        client.sendall(posted({}))
        answer(client)
        assert time.monotonic() - server.requests[0].at >= 0.1


def test_the_time_it_takes_to_find_an_answer_is_a_part_of_its_delay() -> None:
    def slow(body: dict[str, Any], headers: Mapping[str, str]) -> Reply:
        time.sleep(0.5)
        return Reply(body=body)

    took = []
    for delay in (0.0, 0.5):
        with ModelServer(slow, delay=delay) as server, connected(server) as client:
            began = time.monotonic()
            client.sendall(posted({}))
            answer(client)
            took.append(time.monotonic() - began)
    assert took[1] < took[0] + 0.4


@pytest.mark.parametrize("drip", [0.0, 0.001])
def test_chunks_and_bytes_that_drip_make_the_same_body(drip: float) -> None:
    def bodies(body: dict[str, Any], headers: Mapping[str, str]) -> Reply:
        return Reply(body=(b"in ", b"chunks") if body["chunked"] else "in bytes", drip=drip)

    with ModelServer(bodies) as server, connected(server) as client:
        client.sendall(posted({"chunked": True}))
        assert answer(client) == (200, b"in chunks")
        client.sendall(posted({"chunked": False}))
        assert answer(client) == (200, b"in bytes")


@pytest.mark.parametrize("after", [0, 12, 60])
def test_an_answer_is_cut_off_after_as_many_bytes_as_are_asked(after: int) -> None:
    with ModelServer(lambda *_: Reply(body="x" * 100, cut_after=after)) as server, connected(server) as client:
        client.sendall(posted({}))
        assert len(until_the_end(client)) == after


def test_a_fault_of_the_handler_breaks_off_its_connection_and_is_raised_when_the_server_is_closed() -> None:
    def broken(body: dict[str, Any], headers: Mapping[str, str]) -> Reply:
        raise RuntimeError("no idea")

    server = ModelServer(broken)
    with connected(server) as client:
        client.sendall(posted({}))
        assert until_the_end(client) == b""
    with pytest.raises(RuntimeError, match="no idea"):
        server.close()


def test_half_of_a_surrogate_pair_comes_in_and_goes_out(server: ModelServer) -> None:
    with connected(server) as client:
        client.sendall(posted({"half": "\ud83d"}))
        assert json.loads(answer(client)[1]) == {"half": "\ud83d"}


def test_models_are_listed_and_any_other_path_is_not_there(server: ModelServer) -> None:
    with connected(server) as client:
        client.sendall(f"GET {MODELS_PATH} HTTP/1.1\r\n\r\n".encode())
        assert json.loads(answer(client)[1]) == {"data": [MISTRAL]}
        client.sendall(posted({}, path="/v1/embeddings"))
        assert answer(client)[0] == 404
    assert not server.requests
