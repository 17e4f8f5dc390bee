"""Connections whose statements are planned by keys alone."""

from typing import Final

import asyncpg

from threads.database import Connect

PLANNING: Final = {
    "plan_cache_mode": "force_generic_plan",
    "enable_seqscan": "off",
    "enable_hashjoin": "off",
    "enable_mergejoin": "off",
    "join_collapse_limit": "16",
}
"""The writer's statements are planned once, for planning a batch costs as much as running it, and every row is found by its
key: while statistics are still of an empty table the planner would rather read all of it."""


async def connect_planned(connect: Connect) -> asyncpg.Connection:
    """A connection that plans so."""
    connection = await connect()
    try:
        for setting, value in PLANNING.items():
            await connection.execute(f"set {setting} = {value}")
    except BaseException:  # whatever it was, also when cancelled: nobody else would close it
        connection.terminate()
        raise
    return connection
