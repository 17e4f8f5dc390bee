"""The anchors are there when they are needed: they stand on the server's own function, with what that asks of a house."""

import json

from websockets.sync.client import connect
from websockets.typing import Subprotocol

from tests.bench import machine


def test_what_one_says_the_other_hears() -> None:
    relay = machine.start("tests.bench.relay")
    try:
        with (
            connect(relay.live, subprotocols=[Subprotocol("quietline.v1")], proxy=None) as one,
            connect(relay.live, subprotocols=[Subprotocol("quietline.v1")], proxy=None) as other,
        ):
            for socket in (one, other):
                socket.send(json.dumps({"type": "open", "conversation": "here"}))
                assert json.loads(socket.recv(20))["type"] == "opened"
            one.send("as it came")
            assert other.recv(20) == "as it came"
    finally:
        relay.stop()


def test_what_is_kept_is_numbered_acknowledged_and_heard() -> None:
    keeper = machine.start("tests.bench.keeper")
    try:
        with (
            connect(keeper.live, subprotocols=[Subprotocol("quietline.v1")], proxy=None) as one,
            connect(keeper.live, subprotocols=[Subprotocol("quietline.v1")], proxy=None) as other,
        ):
            for socket in (one, other):
                socket.send(json.dumps({"type": "open", "conversation": "here"}))
                assert json.loads(socket.recv(20))["type"] == "opened"
            one.send(json.dumps({"type": "say", "conversation": "here", "key": "k", "text": "So it is."}))
            said, heard = json.loads(one.recv(20)), json.loads(other.recv(20))
            assert (said["type"], said["key"], said["number"]) == ("said", "k", 1)
            assert (heard["type"], heard["text"], heard["number"]) == ("message", "So it is.", 1)
    finally:
        keeper.stop()
