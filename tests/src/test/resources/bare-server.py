"""Stands before a WireGuard: each binary message is a datagram to it, by somebody else's library.

bare-server.py ADDRESS PORT TARGET-UDP-PORT [CERTIFICATE KEY]

One UDP socket a connection. Every seventh message goes in three fragments with a ping between them.
"""

import asyncio
import ssl
import sys

import websockets


async def pieces(datagram, ws):
    third = len(datagram) // 3 + 1
    for at in range(0, len(datagram), third):
        yield datagram[at : at + third]
        await ws.ping()


class Target(asyncio.DatagramProtocol):
    """The side of the WireGuard behind us."""

    def __init__(self, datagrams):
        self.datagrams = datagrams

    def datagram_received(self, data, address):
        self.datagrams.put_nowait(data)


async def main(address, port, target, certificate=None, key=None):
    context = None
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)

    async def serve(ws):
        print("opened", ws.request_headers.get("Sec-WebSocket-Protocol"), flush=True)
        datagrams = asyncio.Queue(maxsize=0)
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_datagram_endpoint(
            lambda: Target(datagrams), remote_addr=("127.0.0.1", int(target))
        )

        async def outbound():
            sent = 0
            while True:
                datagram = await datagrams.get()
                sent += 1
                await ws.send(pieces(datagram, ws) if sent % 7 == 0 else datagram)

        task = asyncio.create_task(outbound())
        try:
            async for message in ws:
                transport.sendto(message)
        finally:
            task.cancel()
            transport.close()
            print("closed", ws.close_code, flush=True)

    async with websockets.serve(serve, address, int(port), ssl=context, max_size=None):
        print("ready", flush=True)
        await asyncio.Future()


asyncio.run(main(*sys.argv[1:]))
