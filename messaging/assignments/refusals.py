"""Why something that was given does not come back."""

from messaging.errors import Conflict


class NotAsked(Conflict):
    """What was given to answer or to do is not asked, or not at the moment."""

    code = "not_asked"
    words = "This is not asked any more."


class Answered(NotAsked):
    """It came back already; what comes back once more would be another answer."""

    code = "answered"
    words = "This was answered already. What was sent first stands."


class Changed(Conflict):
    """The questions of a form are others by now than those that were read."""

    code = "form_changed"
    words = (
        "The questions have been changed meanwhile. Please look at them once more; what you wrote is kept."
    )
