#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""delay_proxy.py RTT_MS PORT: forwards loopback connections to PORT as if the
way there took RTT_MS for a round trip, its first one for the TCP connection.
Prints its own port; then, for each line on stdin, a line of JSON of what it
has seen since the last: {"connections": 1, "round_trips": [6]}.

A round trip of a connection is an answer to something that the client said since
the last; one more is the TCP connection itself.
"""

import asyncio
import json
import sys


class Connection:
    """What one connection did, and its two directions."""

    def __init__(self, rtt):
        self.rtt = rtt
        self.round_trips = 1  # TCP
        self.client_spoke_last = False

    async def carry(self, reader, writer, from_client, opened):
        """Octets one way: each after half a round trip, in their order."""
        loop = asyncio.get_running_loop()
        queue = asyncio.Queue()
        sender = asyncio.create_task(self.deliver(queue, writer))
        while True:
            try:
                octets = await reader.read(1 << 18)
            except OSError:
                octets = b""
            if octets:
                self.note(from_client)
            await queue.put((max(loop.time(), opened) + self.rtt / 2, octets))
            if not octets:
                break
        await sender

    def note(self, from_client):
        if not from_client and self.client_spoke_last:
            self.round_trips += 1
        self.client_spoke_last = from_client

    @staticmethod
    async def deliver(queue, writer):
        loop = asyncio.get_running_loop()
        while True:
            due, octets = await queue.get()
            wait = due - loop.time()
            if wait > 0:
                await asyncio.sleep(wait)
            try:
                if not octets:
                    writer.write_eof()
                    return
                writer.write(octets)
                await writer.drain()
            except OSError:
                return


class Proxy:
    def __init__(self, rtt, target):
        self.rtt, self.target = rtt, target
        self.seen = []

    async def serve(self, reader, writer):
        connection = Connection(self.rtt)
        self.seen.append(connection)
        opened = asyncio.get_running_loop().time() + self.rtt
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.target)
        except OSError:
            writer.close()
            return
        # The greeting of a server that speaks first comes half a round trip after
        # the client's end of the handshake, which is half a one after it began.
        await asyncio.gather(connection.carry(reader, far_writer, True, opened),
                             connection.carry(far_reader, writer, False, opened - self.rtt / 2))
        far_writer.close()
        writer.close()

    def report(self):
        seen, self.seen = self.seen, []
        return {"connections": len(seen), "round_trips": [connection.round_trips for connection in seen]}


async def main():
    proxy = Proxy(float(sys.argv[1]) / 1000, int(sys.argv[2]))
    server = await asyncio.start_server(proxy.serve, "127.0.0.1", 0, limit=1 << 20)
    print(server.sockets[0].getsockname()[1], flush=True)
    loop = asyncio.get_running_loop()
    while await loop.run_in_executor(None, sys.stdin.readline):
        print(json.dumps(proxy.report()), flush=True)


if __name__ == "__main__":
    asyncio.run(main())
