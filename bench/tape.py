"""What the tape takes a chat, beside the plain JSON of the same exchanges and the archive's files.

    python -m bench.tape [--home DIR]

Without a home it plays five contestants by ten tickers over a loopback server, on the simulated market.
"""

import argparse
import json
import tempfile
import zlib
from dataclasses import dataclass
from pathlib import Path

from arena.app import Arena
from arena.config.model import ArenaConfig
from arena.tape.plain import message_to_plain, to_plain
from arena.tape.tape import Tape
from bench.competent_model import competent_model
from bench.model_server import ModelServer

TICKERS = ("AAPL", "AMD", "AMZN", "AVGO", "GOOGL", "META", "MSFT", "NFLX", "NVDA", "TSLA")


@dataclass(frozen=True)
class Sizes:
    """Bytes a chat."""

    chats: int
    tape_a_chat: int
    plain_a_chat: int
    """All requests and replies as JSON."""
    zipped_a_chat: int
    """The same, each chat compressed by itself."""
    archive_a_chat: int

    def told(self) -> str:
        """One line."""
        return (
            f"tape {self.tape_a_chat / 1000:.1f} kB a chat, plain JSON {self.plain_a_chat / 1000:.1f} kB, "
            f"zlib a chat {self.zipped_a_chat / 1000:.1f} kB, archive {self.archive_a_chat / 1000:.1f} kB"
        )


def sizes(home: Path) -> Sizes:
    """Measure a home whose arena is closed."""
    archived = sum(file.stat().st_size for file in (home / "archive").rglob("*.json"))
    with Tape.open(home) as tape:
        ids = tape.chat_ids()
        texts = [_plain(tape, chat_id).encode("utf-8", "surrogatepass") for chat_id in ids]
        # All of the file, the write-ahead log taken in.
        tape.rows("PRAGMA wal_checkpoint(TRUNCATE)")
    chats = len(ids)
    return Sizes(
        chats=chats,
        tape_a_chat=(home / "tape.sqlite").stat().st_size // chats,
        plain_a_chat=sum(map(len, texts)) // chats,
        zipped_a_chat=sum(len(zlib.compress(text, 9)) for text in texts) // chats,
        archive_a_chat=archived // chats,
    )


def _plain(tape: Tape, chat_id: str) -> str:
    found = tape.chat(chat_id)
    assert found is not None
    return json.dumps(
        [
            {
                "prompt": [message_to_plain(message) for message in e.prompt],
                "options": to_plain(e.options),
                "reply": message_to_plain(e.reply) if e.reply is not None else None,
                "trouble": e.trouble.model_dump(mode="json") if e.trouble is not None else None,
            }
            for e in found.exchanges
        ],
        ensure_ascii=False,
    )


def main() -> None:
    """Measure, and print a line."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--home", type=Path, help="a home with a tape, to measure as it is")
    chosen = options.parse_args()
    if chosen.home is not None:
        print(sizes(chosen.home).told())
        return
    with tempfile.TemporaryDirectory() as folder:
        play(Path(folder))
        print(f"fifty chats: {sizes(Path(folder)).told()}")


def play(home: Path) -> None:
    """Five contestants by ten tickers."""
    with ModelServer(competent_model) as server:
        config = ArenaConfig.model_validate(
            {
                "home": home,
                "as_of": "2025-10-14",
                "endpoints": {"loopback": {"base_url": server.base_url}},
                "contestants": [
                    {"name": f"contestant-{n}", "endpoint": "loopback", "model": f"maker/model-{n}"} for n in range(5)
                ],
                "market": {"vendors": ["simulated"]},
            }
        )
        with Arena(config, environ={}) as arena:
            arena.run(TICKERS)


if __name__ == "__main__":
    main()
