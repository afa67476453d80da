"""What a test looks for in a page: links, and whether anything in it could run or load."""

from collections.abc import Callable
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

from fastapi.testclient import TestClient

VOID = {"meta", "link", "br", "hr", "input", "img", "rect", "line", "polyline", "path"}
LOADING = {"src", "href", "action", "data", "poster", "srcset", "formaction", "xlink:href"}


class Seen(HTMLParser):
    """A page as a browser reads it."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.text: list[str] = []
        self.unbalanced: list[str] = []
        self._open: list[str] = []
        self.feed(html)
        self.close()
        self.unbalanced += self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        if tag in {"td", "th", "li", "dt", "dd", "a", "h1", "h2", "h3"}:
            self.text.append(" ")
        if self._open and self._open[-1] == tag:
            self._open.pop()
        else:
            self.unbalanced.append(f"/{tag}")

    def handle_data(self, data: str) -> None:
        if not self._open or self._open[-1] not in {"script", "style"}:
            self.text.append(data)

    @property
    def words(self) -> str:
        """The text a reader sees, on one line."""
        return " ".join("".join(self.text).split())

    @property
    def links(self) -> list[str]:
        return [attributes["href"] for tag, attributes in self.tags if tag == "a" and "href" in attributes]

    @property
    def dangers(self) -> list[str]:
        """Everything that would run or load from elsewhere."""
        found = []
        for tag, attributes in self.tags:
            if tag in {"iframe", "object", "embed", "base", "style", "img", "video", "audio"}:
                found.append(tag)
            if tag == "script" and not (
                attributes.get("src", "").startswith("/static/") or attributes.get("type") == "application/json"
            ):
                found.append(f"script {attributes}")
            found += [f"{tag} {name}" for name in attributes if name.startswith("on") or name == "style"]
            for name in LOADING & attributes.keys():
                where = urlsplit(attributes[name])
                if where.scheme not in {"", "http", "https"} or (where.netloc and tag != "a"):
                    found.append(f"{tag} {name}={attributes[name]}")
        return found


def walked(client: TestClient, start: str, wanted: Callable[[str], bool] = lambda _: True) -> dict[str, Seen]:
    """Every page that can be reached by links from one, each as it is read; all of them are there."""
    found: dict[str, Seen] = {}
    waiting = [start]
    while waiting:
        path = waiting.pop()
        if path in found:
            continue
        answer = client.get(path, follow_redirects=True)
        assert answer.status_code == 200, (path, answer.status_code, answer.text[:300])
        if "text/html" not in answer.headers["content-type"]:
            continue
        found[path] = Seen(answer.text)
        for link in found[path].links:
            where = urlsplit(urljoin(path, link))
            target = where.path + (f"?{where.query}" if where.query else "")
            if not where.netloc and not target.startswith("/api") and wanted(target):
                waiting.append(target)
    return found
