"""The anchor is there when it is needed: it stands on the server's own function, with what that asks of a house."""

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
