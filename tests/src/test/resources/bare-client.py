"""Carries UDP datagrams over a WebSocket, one a binary message, by somebody else's library.

bare-client.py URL UDP-PORT [CA-FILE|-] [TOKEN-FILE]

Every seventh message goes in three fragments with a ping between them. Compression is offered, as the
library does of itself.
"""

import asyncio
import pathlib
import ssl
import sys

import websockets


async def pieces(datagram, ws):
    third = len(datagram) // 3 + 1
    for at in range(0, len(datagram), third):
        yield datagram[at : at + third]
        await ws.ping()


class Side(asyncio.DatagramProtocol):
    """WireGuard's side: remembers who spoke last."""

    def __init__(self, datagrams):
        self.datagrams = datagrams
        self.peer = None

    def connection_made(self, transport):
        self.transport = transport

    def datagram_received(self, data, address):
        self.peer = address
        self.datagrams.put_nowait(data)


async def main(url, port, ca="-", token=None):
    context = ssl.create_default_context(cafile=ca) if url.startswith("wss:") else None
    headers = {"Authorization": "Bearer " + pathlib.Path(token).read_text().strip()} if token else {}
    datagrams = asyncio.Queue(maxsize=0)
    loop = asyncio.get_running_loop()
    _, side = await loop.create_datagram_endpoint(lambda: Side(datagrams), local_addr=("127.0.0.1", int(port)))
    async with websockets.connect(url, ssl=context, extra_headers=headers, max_size=None) as ws:
        print("ready", ws.subprotocol, [e.name for e in ws.extensions], flush=True)

        async def outbound():
            sent = 0
            while True:
                datagram = await datagrams.get()
                sent += 1
                await ws.send(pieces(datagram, ws) if sent % 7 == 0 else datagram)

        task = asyncio.create_task(outbound())
        try:
            async for message in ws:
                if side.peer:
                    side.transport.sendto(message, side.peer)
        finally:
            task.cancel()
            print("closed", ws.close_code, flush=True)


asyncio.run(main(*sys.argv[1:]))
