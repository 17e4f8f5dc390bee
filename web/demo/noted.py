"""What Dr Mira has noted: for the record, and for herself. Invented, like everything here."""

from typing import Final

from web.demo.scenes import Noting

NOTED: Final[tuple[Noting, ...]] = (
    Noting(
        "ruth",
        "mira",
        2,
        "18:40",
        "The sentence she practised in the car, and its second half. Fear of asking rather than of telling.\n\n"
        "Split the sentence in two. Four slow counts before the first half, rehearsed in writing.\n\n"
        "Agreed: say one half when it feels right, keep the other. She writes how it went.\n\n"
        "Asked directly: no thoughts of ending her life. Her sister is informed.",
        after_session=True,
    ),
    Noting(
        "ruth",
        "mira",
        14,
        "17:20",
        "Polite with me, too. What would she write if she were not?",
        own=True,
    ),
    Noting(
        "ruth",
        "mira",
        2,
        "21:05",
        "The gate again. I notice I want her to walk through it, and how much that is my wish and not hers. "
        "Take to Eli on Tuesday: why do I hurry when she is slow?",
        own=True,
    ),
    Noting(
        "linden",
        "mira",
        7,
        "",
        "Nights somewhat better: two good, one long. Began to write down what the defence would say, and keeps the page "
        "beside the bed. No plan to harm herself; knows Help now.",
        after_session=True,
        minutes=60,
    ),
)
