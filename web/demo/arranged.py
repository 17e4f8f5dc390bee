"""How the demonstration's clinicians have arranged their conversations, so that there is something to look at."""

from datetime import timedelta
from typing import Final

from messaging.inbox.arranging import Arrangement, arrange
from messaging.memory.inbox import Assigned, PutAside
from messaging.record.reading import enter
from messaging.trust.access import Deed
from web.demo.telling import Stage

LABELS: Final = {"ruth": ("Thursdays", "letters by mail"), "ben": ("couple",), "omar": ("new",)}
ASIDE: Final = "wren"
"""Nobody waits there: it comes back in three days, or with the next letter."""
ASIDE_FOR: Final = timedelta(days=3)


async def arrange_them(stage: Stage) -> None:
    """Labels of Dr Mira's, who of two answers the couple, and one conversation that she has put aside."""
    mira = stage.people["mira"]
    for name, conversation in stage.files.items():
        held, circle = await enter(stage.office, mira, conversation, Deed.SETTLE)
        wanted = Arrangement(
            labels=LABELS.get(name),
            aside=PutAside(stage.now + ASIDE_FOR) if name == ASIDE else None,
            assigned=Assigned(mira.id) if name == "ben" else None,
        )
        await arrange(stage.office, mira, held, circle.conversation, wanted)
