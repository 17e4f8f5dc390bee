"""What the application's lifespan hands to every request."""

from typing import TypedDict

from jinja2 import Environment

from web.house import House


class State(TypedDict):
    """Typed state: `request.state["house"]`."""

    house: House
    templates: Environment
