"""What the room of a live session is given."""

from dataclasses import dataclass
from datetime import datetime

from web.views.check_in import CheckInForm
from web.views.parts import Failed, Field, Here, Named, Session, SignedIn, Timeline


@dataclass(frozen=True, slots=True)
class SessionRoom:
    """session_room.html. What stands in `field` becomes a letter when no session is live.

    `plan_b` is what was agreed for a break of the connection, if anything was.
    """

    signed_in: SignedIn
    here: Here
    field: Field
    with_name: str
    readers: str
    people: tuple[Named, ...]
    timeline: Timeline
    session: Session | None = None
    answer_by: datetime | None = None
    closing_key: str = ""
    plan_b: str | Failed = ""
    check_in: CheckInForm | Failed | None = None
