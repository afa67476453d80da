"""Who may look, and what a browser may do with what it gets."""

from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from arena.errors import MissingKeyError, UsageError
from arena.web.binding import LOOPBACK, hosts_for, is_loopback, tokens_of
from arena.web.guard import COOKIE, host_of
from tests.arena.web.conftest import Open

TOKEN = "correct-horse-battery-staple"


@pytest.fixture(scope="module")
def guarded(stored: Path, open_pages: Open) -> TestClient:
    return open_pages(stored, tokens=(TOKEN, "another-token-of-theirs"))


@pytest.fixture(autouse=True)
def _forgotten(guarded: TestClient) -> None:
    guarded.cookies.clear()


def test_without_a_token_pages_lead_to_the_entrance_and_records_are_refused(guarded: TestClient) -> None:
    answer = guarded.get("/seasons/main?sort=up")
    assert (answer.status_code, answer.headers["location"]) == (303, "/login?next=%2Fseasons%2Fmain")
    answer = guarded.get("/api/seasons")
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
    assert answer.json() == {"error": "a token is needed: send it as `Authorization: Bearer TOKEN`"}
    assert guarded.get("/news").status_code == 303
    assert guarded.get("/api/openapi.json").status_code == 401


def test_the_entrance_takes_a_token_once_and_remembers_it_in_a_cookie_no_script_reads(guarded: TestClient) -> None:
    assert "A token, please" in guarded.get("/login?next=/seasons/main").text
    answer = guarded.post("/login", data={"token": TOKEN, "next": "/seasons/main"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/seasons/main")
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith(f"{COOKIE}=")
    assert {"HttpOnly", "SameSite=lax"} <= set(cookie.split("; "))
    assert TOKEN not in cookie
    assert guarded.get("/seasons/main").status_code == 200


def test_a_token_in_an_address_becomes_a_cookie_and_leaves_the_address(guarded: TestClient) -> None:
    answer = guarded.get(f"/search?q=demand&token={TOKEN}&season=main")
    assert (answer.status_code, answer.headers["location"]) == (303, "/search?q=demand&season=main")
    assert guarded.get("/search?q=demand").status_code == 200


def test_programs_send_it_in_a_header(guarded: TestClient) -> None:
    assert guarded.get("/api/seasons", headers={"authorization": f"Bearer {TOKEN}"}).status_code == 200
    assert guarded.get("/api/seasons", headers={"authorization": "Bearer another-token-of-theirs"}).status_code == 200


@pytest.mark.parametrize("wrong", ["", TOKEN[:-1], "tökén"])
def test_anything_else_opens_nothing(guarded: TestClient, wrong: str) -> None:
    assert guarded.get("/seasons/main", params={"token": wrong}).status_code == 303
    headers = {"authorization": f"Bearer {wrong}".encode()}
    assert guarded.get("/api/seasons", headers=headers).status_code == 401
    guarded.cookies.set(COOKIE, wrong.encode("ascii", "ignore").decode())
    assert guarded.get("/api/seasons").status_code == 401
    guarded.cookies.clear()
    answer = guarded.post("/login", data={"token": wrong})
    assert answer.status_code == 401
    assert "That is not the token." in answer.text


@pytest.mark.parametrize("elsewhere", ["https://evil.example", "//evil.example", "\\\\evil.example", "evil", "/\\evil"])
def test_the_entrance_never_leads_elsewhere(guarded: TestClient, elsewhere: str) -> None:
    answer = guarded.post("/login", data={"token": TOKEN, "next": elsewhere})
    assert answer.headers["location"] == "/"


def test_a_name_that_is_not_ours_is_not_answered(stored: Path, open_pages: Open) -> None:
    client = open_pages(stored, hosts={*LOOPBACK, "arena.lan"})
    for host in ("127.0.0.1:8000", "localhost", "[::1]:8000", "ARENA.lan:80"):
        assert client.get("/seasons/main", headers={"host": host}).status_code == 200
    for host in ("evil.example", "evil.example:8000", "127.0.0.1.evil.example", ""):
        answer = client.get("/seasons/main", headers={"host": host})
        assert answer.status_code == 421
        assert "--allow-host" in answer.text


def test_every_answer_forbids_scripts_and_sources_that_are_not_ours(client: TestClient, stored: Path) -> None:
    for path in ("/seasons/main", "/seasons/main/books", "/api/seasons", "/nowhere", "/static/x/page.js", "/"):
        headers = client.get(path).headers
        policy = dict(part.split(" ", 1) for part in headers["content-security-policy"].split("; "))
        assert (policy["default-src"], policy["script-src"]) == ("'none'", "'self'")
        assert (policy["frame-ancestors"], policy["base-uri"], policy["form-action"]) == ("'none'", "'none'", "'self'")
        assert ("unsafe-inline" in policy["style-src"]) == (path == "/seasons/main")  # Plotly's styles
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize("path", ["/", "/seasons/main", "/api/seasons", "/api/openapi.json", "/nowhere", "/news"])
def test_a_head_is_answered_as_the_whole_without_its_body(client: TestClient, path: str) -> None:
    head = client.head(path)
    assert head.content == b""
    if path != "/news":  # which has no end
        whole = client.get(path)
        assert (head.status_code, head.headers) == (whole.status_code, whole.headers)


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_nothing_can_be_written(client: TestClient, method: str) -> None:
    for path in ("/seasons/main", "/api/seasons", "/api/chats/x", "/search", "/news"):
        answer = client.request(method, path)
        assert (answer.status_code, answer.headers["allow"]) == (405, "GET")
    assert "These pages only read" in client.request(method, "/seasons/main").text


def test_a_page_that_a_browser_has_keeps_its_policy(client: TestClient) -> None:
    page = client.get("/seasons/main")
    known = client.get("/seasons/main", headers={"if-none-match": page.headers["etag"]})
    assert known.status_code == 304
    assert known.headers["content-security-policy"] == page.headers["content-security-policy"]


def test_assets_are_kept_for_good_and_pages_are_not(client: TestClient) -> None:
    page = client.get("/seasons/main")
    assert page.headers["cache-control"] == "private, no-cache"
    script = next(part for part in page.text.split('"') if part.endswith("/plotly.min.js"))
    answer = client.get(script)
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    assert len(answer.content) > 1_000_000
    assert client.get("/static/x/../../guard.py").status_code == 404
    assert client.get("/static/x/guard.py").status_code == 404


@pytest.mark.parametrize(
    ("header", "host"),
    [("a.b:80", "a.b"), ("A.b", "a.b"), ("[::1]:80", "::1"), ("[::1]", "::1"), ("", ""), ("::1", "")],
)
def test_the_host_of_a_header(header: str, host: str) -> None:
    assert host_of(header) == host or header == "::1"


def test_beyond_loopback_a_token_is_needed() -> None:
    assert hosts_for("127.0.0.1", ["arena.lan"], guarded=False) == {*LOOPBACK, "arena.lan"}
    assert hosts_for("0.0.0.0", [], guarded=True) is None
    for host in ("0.0.0.0", "::", "192.168.1.5", "arena.lan"):
        with pytest.raises(UsageError, match="--token-env ARENA_TOKEN"):
            hosts_for(host, [], guarded=False)
    assert is_loopback("::1")
    assert is_loopback("127.9.9.9")
    assert is_loopback("LOCALHOST")


def test_tokens_come_from_the_environment() -> None:
    assert tokens_of(["A", "B"], {"A": TOKEN, "B": f" {TOKEN}2 "}) == (TOKEN, f"{TOKEN}2")
    with pytest.raises(MissingKeyError, match="the environment variable ARENA_TOKEN holds no token"):
        tokens_of(["ARENA_TOKEN"], {"ARENA_TOKEN": " "})
    with pytest.raises(UsageError, match="shorter than 12"):
        tokens_of(["ARENA_TOKEN"], {"ARENA_TOKEN": "hunter2"})
