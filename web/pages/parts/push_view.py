"""What the part about notices on a device is given."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PushStand:
    """_push.html. `key`: what a browser subscribes with, empty on a device that others use too. `title`, `body`: all it ever
    shows. `here`: whether this device is told; `devices`: on how many their person is.
    """

    key: str
    title: str
    body: str
    here: bool = False
    devices: int = 0
