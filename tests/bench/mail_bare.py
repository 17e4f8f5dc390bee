"""The yardstick for mail in: aiosmtpd with nothing but one commit before each answer.

python -m tests.bench.mail_bare PORT DATABASE_URL
"""

import asyncio
import sys
from typing import Any

import asyncpg
import uvloop
from aiosmtpd.smtp import SMTP


class Keeper:
    """Commits each letter as it is."""

    def __init__(self, pool: Any) -> None:
        self._pool = pool

    async def handle_DATA(self, _server: SMTP, _session: Any, envelope: Any) -> str:
        """250 after the commit."""
        await self._pool.execute(
            "insert into bare_mail (rcpt, raw) values ($1, $2)", envelope.rcpt_tos[0], envelope.content
        )
        return "250 OK"


async def commits(port: int, url: str) -> None:
    """Serves until it is ended."""
    pool = await asyncpg.create_pool(url, min_size=16, max_size=16)
    await pool.execute("drop table if exists bare_mail")
    await pool.execute(
        "create table bare_mail (id bigint generated always as identity primary key, rcpt text, raw bytea)"
    )
    loop = asyncio.get_running_loop()
    keeper = Keeper(pool)
    server = await loop.create_server(
        lambda: SMTP(keeper, loop=loop, ident="x", hostname="localhost"), "127.0.0.1", port, backlog=1024
    )
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(commits(int(sys.argv[1]), sys.argv[2]))
