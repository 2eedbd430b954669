#!/usr/bin/env -S python3 -B
"""asyncio's streams: an event loop, level-triggered epoll.

Out: on stdout at its end, "connections N bytes N".
"""

import asyncio

from common import Server

server = Server()
received = 0


async def echo(reader, writer, done):
    """Serve one connection."""
    global received
    while data := await reader.read(1024):
        received += len(data)
        writer.write(data)
        await writer.drain()
    writer.close()
    await writer.wait_closed()
    server.closed()
    if not server.wants_more():
        done.set()


async def main():
    """Serve until the last connection is closed."""
    done = asyncio.Event()
    listener = await asyncio.start_server(lambda r, w: echo(r, w, done), "127.0.0.1", 0)
    server.announce(listener.sockets[0].getsockname()[1])
    async with listener:
        await done.wait()


asyncio.run(main())
print(f"connections {server.count} bytes {received}")
