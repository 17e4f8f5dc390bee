"""What goes out: JSON, with ids and times in the one form the frames have too."""

from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from channels.chat import frames


def answer(values: Mapping[str, Any], status: int = 200) -> Response:
    """A JSON object."""
    return Response(frames.encode(values), status, media_type="application/json")
