"""Chats that come while the one thread that writes them is busy."""

import asyncio
import threading


async def saved_while_busy(writer, *chats):
    """What each of them is told by a shelf or a reel."""
    let_go = threading.Event()
    busy = asyncio.create_task(writer.write(lambda _: let_go.wait(10)))
    await asyncio.sleep(0)
    saving = [asyncio.create_task(writer.save_chat(chat)) for chat in chats]
    await asyncio.sleep(0)
    let_go.set()
    await busy
    return await asyncio.gather(*saving, return_exceptions=True)
