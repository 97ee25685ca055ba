"""A relay on loopback that adds a round trip: `python -m tests.bench.relay PORT ROUND_TRIP_MS`, prints its own port.

Each chunk is delayed by half of the round trip, in both directions. Loopback
accepts a connection at once, so the first chunk is delayed by one more round
trip: the time that a real connect takes.
"""

import asyncio
import os
import sys


async def main(port: int, round_trip_s: float) -> None:
    """Serves until its input ends."""
    loop = asyncio.get_running_loop()

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, connected_at: float) -> None:
        waiting: list[bytes] = []

        def deliver() -> None:
            piece = waiting.pop(0)
            if piece:
                writer.write(piece)
            else:
                writer.close()

        while True:
            try:
                piece = await reader.read(65536)
            except ConnectionError:
                piece = b""
            waiting.append(piece)
            loop.call_at(max(loop.time(), connected_at) + round_trip_s / 2, deliver)
            if not piece:
                return

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        at = loop.time() + round_trip_s
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", port)
        await asyncio.gather(carry(reader, far_writer, at), carry(far_reader, writer, at))

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    os._exit(0)  # drops the chunks that are still delayed


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), float(sys.argv[2]) / 1000))
