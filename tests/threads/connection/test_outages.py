"""What a fault of the database means: every SQLSTATE the driver knows, every fault of the driver and of the pool."""

import asyncio
import inspect
import socket

import asyncpg
import pytest
from sqlalchemy import exc, text

from messaging.errors import Busy
from tests.conftest import TestDatabase
from threads.connection.limits import Limits
from threads.connection.link import OPTIONS, keep_alive
from threads.connection.outages import CLASSES, STATES, Meaning, meaning_of
from threads.database import Database, connector

KNOWN = [
    kind
    for _, kind in inspect.getmembers(asyncpg.exceptions, inspect.isclass)
    if issubclass(kind, BaseException) and getattr(kind, "sqlstate", None)
]
COMES_AGAIN = [
    *("08006", "08001", "08004", "25006", "25P03", "25P04", "28000", "28P01", "3D000", "40001", "40P01"),
    *("53000", "53100", "53200", "53300", "53400", "55000", "55006", "55P03", "57014", "57P01", "57P02"),
    *("57P03", "57P04", "57P05", "58000", "58030", "58P01", "F0000"),
]
DEFECTS = [
    *(
        "0A000",
        "22001",
        "22P02",
        "25001",
        "25P02",
        "26000",
        "42501",
        "42601",
        "42P01",
        "54000",
        "55P02",
        "P0001",
    ),
    *("XX000", "XX001"),
]


def raised(state: str) -> BaseException:
    """As the driver makes it from what the server says."""
    made: BaseException = asyncpg.PostgresError.new({"S": "ERROR", "C": state, "M": "said by the server"})
    return made


@pytest.mark.parametrize("kind", KNOWN, ids=lambda kind: f"{kind.sqlstate}-{kind.__name__}")
def test_every_sqlstate_the_driver_knows_has_its_place(kind: type[asyncpg.PostgresError]) -> None:
    assert kind.sqlstate[:2] in CLASSES
    expected = STATES.get(kind.sqlstate) or CLASSES[kind.sqlstate[:2]]
    assert meaning_of(raised(kind.sqlstate)) is expected
    assert meaning_of(wrapped(raised(kind.sqlstate))) is expected


def wrapped(fault: BaseException) -> BaseException:
    """As SQLAlchemy hands it on."""
    translated = Exception("translated")
    translated.__cause__ = fault
    made = exc.DBAPIError("select", None, translated)
    made.__cause__ = translated
    return made


@pytest.mark.parametrize("state", COMES_AGAIN)
def test_what_passes_by_itself_is_an_outage(state: str) -> None:
    assert meaning_of(raised(state)) is Meaning.OUTAGE


@pytest.mark.parametrize("state", DEFECTS)
def test_what_nobody_mends_by_asking_again_is_a_defect(state: str) -> None:
    assert meaning_of(raised(state)) is Meaning.DEFECT


def test_a_class_nobody_has_placed_is_a_defect() -> None:
    assert meaning_of(raised("ZZ123")) is Meaning.DEFECT
    assert all(state[:2] in CLASSES for state in STATES)


def test_a_broken_rule_is_a_conflict() -> None:
    assert {meaning_of(raised(state)) for state in ("23505", "23P01", "40002")} == {Meaning.CONFLICT}


@pytest.mark.parametrize(
    ("fault", "meaning"),
    [
        (exc.TimeoutError("the pool is empty"), Meaning.OUTAGE),
        (exc.DisconnectionError(), Meaning.OUTAGE),
        (TimeoutError(), Meaning.OUTAGE),
        (ConnectionResetError(), Meaning.OUTAGE),
        (socket.gaierror(), Meaning.OUTAGE),
        (EOFError(), Meaning.OUTAGE),
        (asyncpg.InterfaceError("connection is closed"), Meaning.OUTAGE),
        (asyncpg.InternalClientError("died under a query"), Meaning.OUTAGE),
        (asyncpg.ClientConfigurationError("bad DSN"), Meaning.DEFECT),
        (asyncpg.DataError("cannot be sent"), Meaning.DEFECT),
        (ValueError(), Meaning.DEFECT),
        (KeyError(), Meaning.DEFECT),
    ],
    ids=repr,
)
def test_faults_without_a_state_have_their_place(fault: BaseException, meaning: Meaning) -> None:
    assert meaning_of(fault) is meaning
    assert meaning_of(wrapped(fault)) is meaning


def test_a_defect_met_while_an_outage_was_handled_is_still_a_defect() -> None:
    defect = KeyError()
    defect.__context__ = ConnectionResetError()
    assert meaning_of(defect) is Meaning.DEFECT


async def test_what_the_driver_cannot_send_is_no_outage(database: TestDatabase) -> None:
    base = Database(connector(**database.accesses.app.connect_kwargs()))
    connection = await base.connect()
    with pytest.raises(asyncpg.DataError) as unsendable:
        await connection.fetch("select $1::int", "not a number")
    assert meaning_of(unsendable.value) is Meaning.DEFECT
    await connection.close()
    with pytest.raises(exc.DBAPIError):
        async with base.anywhere() as pooled:
            await pooled.execute(text("select cast(:number as integer)"), {"number": "not a number"})
    await base.close()


async def test_an_empty_pool_says_busy(database: TestDatabase) -> None:
    base = Database(connector(**database.accesses.app.connect_kwargs()), Limits(pool=0.01), size=1)
    async with base.anywhere() as held:
        await held.execute(text("select 1"))
        with pytest.raises(Busy):
            async with base.anywhere():
                raise AssertionError("there was only one")
    await base.close()


async def test_a_connection_by_tcp_is_kept_alive() -> None:
    listener = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0)
    _, writer = await asyncio.open_connection(*listener.sockets[0].getsockname())
    opened = writer.get_extra_info("socket")
    keep_alive(opened)
    for level, name, value in OPTIONS:
        assert opened.getsockopt(getattr(socket, level), getattr(socket, name)) == value
    writer.close()
    listener.close()
