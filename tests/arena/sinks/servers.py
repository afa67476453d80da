"""Telegram and Slack on loopback: they take what the real ones take, and refuse it in their words."""

from contextlib import contextmanager
from html.parser import HTMLParser

from tests.loopback import Reply, loopback

TOKEN = "123456789:AAF-canary_canary_canary_canary_cana"
SLACK_TOKEN = "xoxb-canary-canary-canary-canary"
CHAT = "-1001234567890"
CHANNEL = "#arena"


def telegram_says(code, description, **parameters):
    told = {"parameters": parameters} if parameters else {}
    return {"ok": False, "error_code": code, "description": description, **told}


def flood(seconds):
    return Reply(429, telegram_says(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds))


class _Html(HTMLParser):
    """Reads text as Telegram does; whatever it would not parse is in `wrong`."""

    def __init__(self):
        super().__init__(convert_charrefs=False)
        self.text, self.open, self.wrong, self.links, self.bold = "", [], "", [], []

    def handle_starttag(self, tag, attrs):
        if tag not in ("b", "a"):
            self.wrong = f'Unsupported start tag "{tag}" at byte offset {self.getpos()[1]}'
        self.open.append(tag)
        self.links += [value for name, value in attrs if name == "href"]

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.wrong = f'Unmatched end tag at byte offset {self.getpos()[1]}, expected "</b>"'

    def handle_data(self, data):
        if "<" in data or "&" in data:
            self.wrong = "Unexpected character"
        if "b" in self.open:
            self.bold.append(data)
        self.text += data

    def handle_entityref(self, name):
        letters = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
        if name not in letters:
            self.wrong = f"Unsupported entity {name}"
        if "b" in self.open:
            self.bold.append(letters.get(name, ""))
        self.text += letters.get(name, "")

    def handle_charref(self, name):
        self.text += chr(int(name.removeprefix("x"), 16 if name.startswith("x") else 10))


def parsed(html):
    reader = _Html()
    reader.feed(html)
    reader.close()
    if reader.open:
        reader.wrong = f"Can't find end tag corresponding to start tag {reader.open[-1]}"
    return reader


def units(text):
    return len(text.encode("utf-16-le")) // 2


class TelegramServer:
    """A bot's chat: `texts` has what arrived, as people read it."""

    def __init__(self, *faults):
        self.faults = list(faults)
        """Answers to the next sendings: a Reply, a function of the request, or None for none."""
        self.texts = []
        self.bold = []
        self.links = []

    def __call__(self, request):
        method = request.path.rsplit("/", 1)[-1]
        if request.path != f"/bot{TOKEN}/{method}":
            return Reply(401, telegram_says(401, "Unauthorized"))
        if method == "getMe":
            return Reply(body={"ok": True, "result": {"is_bot": True}})
        fault = self.faults.pop(0) if self.faults else None
        fault = fault(request) if callable(fault) else fault
        return fault or self.take(request.json())

    def take(self, asked):
        if asked["chat_id"] != CHAT:
            return Reply(400, telegram_says(400, "Bad Request: chat not found"))
        if "text" not in asked:
            return Reply(body={"ok": True, "result": {"id": int(CHAT)}})
        read = parsed(asked["text"]) if asked.get("parse_mode") == "HTML" else None
        text = asked["text"] if read is None else read.text
        if read is not None and read.wrong:
            return Reply(400, telegram_says(400, f"Bad Request: can't parse entities: {read.wrong}"))
        if not text.strip():
            return Reply(400, telegram_says(400, "Bad Request: message text is empty"))
        if units(text) > 4096:
            return Reply(400, telegram_says(400, "Bad Request: message is too long"))
        self.texts.append(text)
        self.bold += read.bold if read else []
        self.links += read.links if read else []
        return Reply(body={"ok": True, "result": {"message_id": len(self.texts)}})


class SlackServer:
    """An app's channel: `blocks` has the blocks of each message that arrived, `texts` the texts of those without."""

    def __init__(self, *faults):
        self.faults = list(faults)
        self.blocks = []
        self.texts = []

    def __call__(self, request):
        if request.headers.get("authorization") != f"Bearer {SLACK_TOKEN}":
            return Reply(body={"ok": False, "error": "invalid_auth"})
        if request.path == "/auth.test":
            return Reply(body={"ok": True, "team": "T"})
        fault = self.faults.pop(0) if self.faults else None
        fault = fault(request) if callable(fault) else fault
        return fault or self.take(request.json())

    def take(self, asked):
        if asked["channel"] != CHANNEL:
            return Reply(body={"ok": False, "error": "channel_not_found"})
        if "blocks" not in asked:
            self.texts.append(asked["text"])
            return Reply(body={"ok": True})
        if len(asked["blocks"]) > 50 or any(wrong(block) for block in asked["blocks"]):
            return Reply(body={"ok": False, "error": "invalid_blocks"})
        self.blocks.append(asked["blocks"])
        return Reply(body={"ok": True})


def wrong(block):
    """Whether a block breaks a limit of Block Kit."""
    text = block["text"]["text"]
    most = {"header": 150, "section": 3000}[block["type"]]
    return not 0 < units(text) <= most or (block["type"] == "header" and block["text"]["type"] != "plain_text")


def slack_says(error, status=200, **headers):
    return Reply(status, {"ok": False, "error": error}, headers)


@contextmanager
def telegram(*faults):
    chat = TelegramServer(*faults)
    with loopback(chat) as server:
        chat.url, chat.requests = server.url, server.requests
        yield chat


@contextmanager
def slack(*faults):
    channel = SlackServer(*faults)
    with loopback(channel) as server:
        channel.url, channel.requests = server.url, server.requests
        yield channel
