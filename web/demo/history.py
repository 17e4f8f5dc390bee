"""What they have written and said. Invented, like everyone in it; times are counted back from the first start.

Ruth is answered on one weekday. Which one follows from the day of the first start (`answering_day`): her newest letter is
always answered some days from then, every earlier answer came on that same weekday.
"""

from typing import Final

from web.demo.due import APART, FOUR_COUNTS
from web.demo.scenes import Booking, Letter, Scene, Stranger, Talk


def scenes(answers_in: int) -> tuple[Scene, ...]:
    """Everything that has happened, in no particular order."""
    return (*ruth(answers_in), *LINDEN, *BEN_AND_TESS, *OMAR, *APART)


def ruth(answers_in: int) -> tuple[Scene, ...]:
    """Ruth and the gate."""
    return (
        Letter("ruth", "ruth", 22, "20:52", THE_GATE),
        Letter("ruth", "mira", 21 - answers_in, "16:40", STAY_THERE),
        Letter("ruth", "ruth", 15, "21:15", HENS, mailed=True),
        Letter("ruth", "mira", 14 - answers_in, "17:05", A_LAUGH, brings=FOUR_COUNTS),
        Letter("ruth", "ruth", 8, "21:31", SUITCASE, mailed=True),
        Letter("ruth", "mira", 7 - answers_in, "17:20", CROSSED_OUT),
        Talk("ruth", 2, "18:00", 30, 28, SEWING_ROOM),
        Letter("ruth", "ruth", 1, "21:10", THE_SENTENCE, mailed=True),
        Letter("ruth", "ruth", 1, "22:48", POSTSCRIPT),
        Stranger(
            file="ruth",
            client="ruth",
            days=1,
            at="23:20",
            address="workshop.pc7@post.example",
            subject="from my sister's computer",
            text=BORROWED,
        ),
    )


THE_GATE: Final = """Dear Dr Mira,

You asked me to begin anywhere, so I begin at the gate. In the evenings I walk down to it, and then I do not open it. \
I stand there until it is dark and go back in.

Karl does not ask where I have been. We are very polite with each other. I think that is what tires me: two people \
being polite in a house where one of them is drinking again.

I have not written this much since school. I hope it can be read.

Ruth"""

STAY_THERE: Final = """Dear Ruth,

It can be read, and I was glad to read it. Thank you for beginning at the gate.

I would like to stay there with you for a week. When you next stand at it, could you notice one thing you hear and one \
thing your hands do? You need not change anything. Standing there may be doing something for you that we do not know yet.

Mira"""

HENS: Final = """Dear Mira,

> could you notice one thing you hear and one thing your hands do?

I hear the hens settling. It takes them a long time, they complain like people at a bus stop. My hands hold the top bar. \
One evening I found I was holding it with both, as if somebody were pulling at the other side.

Then I laughed, alone, at a gate. [surprised] I had not expected to tell anyone about that.

Karl had two bad evenings and three good ones. I wrote them down as you said, and it was less bad than I would have sworn.

Ruth"""

A_LAUGH: Final = """Dear Ruth,

A laugh at a gate. I keep coming back to that, with pleasure.

> as if somebody were pulling at the other side

Who might that be? You need not know. If an answer comes, write down the first one, before the polite one.

Counting was brave. Three good evenings do not cancel the two bad ones, and the two do not cancel the three.

Mira"""

SUITCASE: Final = """Dear Mira,

The first answer was: me. Thirty years younger, with the blue suitcase. Then came the polite answer, which was Karl, \
and I crossed it out.

My sister Hanne says I should simply tell him that I am not all right. She says everything simply. [a long breath] \
I practised one sentence in the car, with the windows up.

Ruth"""

CROSSED_OUT: Final = """Dear Ruth,

You crossed out the polite answer. I think the woman with the suitcase noticed that too.

Would you write me the sentence from the car? Just as you said it, with the windows up. We can look at it together \
before anyone else hears it.

Mira"""

SEWING_ROOM: Final = (
    ("mira", 0.5, "Good evening, Ruth. I am here. Are you somewhere you can write undisturbed?"),
    ("ruth", 1.7, "In the sewing room, door shut. Karl is at choir."),
    ("mira", 2.4, "Good. Half an hour, as we said. Where would you like to begin?"),
    ("ruth", 5, "With the sentence. I have it, but I am afraid of its second half."),
    ("mira", 6.6, "[unhurried] What might the second half do?"),
    ("ruth", 10.5, "Make it real. The first half only says how I am. The second asks for something."),
    ("mira", 12, "And asking is the steep part."),
    ("ruth", 14.2, "I have never been good at hills."),
    (
        "mira",
        16,
        "You walk down to that gate every evening, and back up. Could you say one half and keep the other?",
    ),
    ("ruth", 19, "I had not thought one could do that."),
    ("mira", 20.5, "One can. And before it the four slow counts, as we practised."),
    ("ruth", 23, "In for four, hold, out for four. Yes. I will write to you how it went."),
    ("mira", 26, "I look forward to that letter, whatever is in it. Good night, Ruth."),
)

THE_SENTENCE: Final = """Dear Mira,

> Would you write me the sentence from the car?

Here it is: “Karl, I am lonely in this house, and I would like us to get help.” In the car it filled the whole windscreen.

I said the first half over the eggs. He put down his fork. [a long breath] And stayed. I cannot remember him staying.

Tonight I opened the gate. Only to the road and back."""

POSTSCRIPT: Final = "P.S. He has asked for the second half. I said: tomorrow."

BORROWED: Final = """Dear Dr Mira,

this is Ruth, my tablet is being repaired and I am writing from my sister's computer. Please send your answer to this \
address for now.

Ruth"""

LINDEN: Final[tuple[Scene, ...]] = (
    Talk(
        "linden",
        14,
        "",
        50,
        49,
        (
            ("mira", 0.6, "Hello Linden. Fifty minutes, only the two of us. How is it where you are?"),
            ("linden", 1.5, "ok. laundry room, the only door here that locks"),
            ("mira", 2.5, "Then the laundry room it is. What would be good to know by the end?"),
            ("linden", 4, "what to do at 3 in the morning"),
            ("mira", 5, "[nodding] Tell me what 3 in the morning is like."),
            ("linden", 9, "i wake up and go through the day like a lawyer. against me"),
            ("mira", 11, "And who speaks for you?"),
            ("linden", 13.5, "nobody shows up"),
            ("mira", 15, "Shall we find out who could?"),
            ("linden", 17, "that is a weird question. ok yes"),
        ),
    ),
    Talk(
        "linden",
        7,
        "",
        50,
        50,
        (
            ("mira", 0.4, "Good to read you, Linden. Is the laundry room free?"),
            ("linden", 1.2, "yes. someone left a sock. i named him gerald"),
            ("mira", 2, "Then hello to Gerald as well. How were the nights?"),
            ("linden", 6, "two ok, one long. i tried to write down what the defence would say"),
            ("mira", 8, "[curious] What did you write?"),
            ("linden", 12, "the page was empty for a while. then: she is tired, your honour"),
            ("mira", 14, "That is a kind first sentence."),
            ("linden", 16.5, "it made me cry a bit. the ok kind"),
            ("mira", 18, "Would you keep that page beside the bed this week?"),
            ("linden", 19, "yes"),
        ),
    ),
    Letter(
        "linden",
        "linden",
        5,
        "18:52",
        "hi Mira,\n\none thing i forgot. my sister called and i did not pick up because i thought she would hear it in my "
        "voice. i am not asking for anything, i just wanted it to be somewhere.\n\nL.",
    ),
    Letter(
        "linden",
        "mira",
        4,
        "11:15",
        "Dear Linden,\n\nnow it is somewhere, and it is kept well here.\n\nWhat might she have heard? Perhaps we look at "
        "that together when we next talk. And perhaps you call her back before, perhaps not. Both are fine with me.\n\n"
        "Mira",
    ),
)

BEN_AND_TESS: Final[tuple[Scene, ...]] = (
    Talk(
        "ben",
        6,
        "19:00",
        60,
        58,
        (
            ("mira", 0.5, "Good evening, both of you. Eli is with us tonight. Who would like to start?"),
            ("tess", 1.6, "Me. We tried the twenty minutes. No phones, one talks, the other only listens."),
            ("ben", 2.3, "Twelve minutes."),
            ("tess", 3, "Twelve minutes. But nobody left the table."),
            ("eli", 5, "Hello to you both. What happened in minute eleven?"),
            ("ben", 8, "I wanted to explain. Tess says explaining is my way of not hearing."),
            ("tess", 9, "I said it more kindly than that."),
            ("ben", 9.6, "[laughing] You did. Yes."),
            ("mira", 13, "Ben, what had you heard before the explaining came?"),
            (
                "ben",
                18,
                "That she is tired of being the one who notices. The shoes, my mother's birthday, the mood.",
            ),
            ("tess", 20, "I did not know you had heard that."),
            ("mira", 23, "[staying with this] Let us not hurry past it."),
            (
                "eli",
                44,
                "For the week: twelve minutes again, not twenty. You may stop while it is going well.",
            ),
            ("ben", 46, "That I can do."),
            ("tess", 46.5, "Me too."),
        ),
    ),
    Letter(
        "ben",
        "tess",
        5,
        "20:15",
        "Dear both,\n\ntwelve minutes, at the table. Ben told me about his father's workshop, which I have been married "
        "next to for eleven years and never heard of. I only listened. It was harder than talking.\n\nTess",
    ),
    Letter(
        "ben",
        "ben",
        4,
        "07:40",
        "She did listen. And I have put the shoes away without being asked, for the record.\n\nBen",
        mailed=True,
    ),
    Letter(
        "ben",
        "mira",
        3,
        "16:30",
        "Dear Tess, dear Ben,\n\nthank you both. A workshop and a pair of shoes, in one week.\n\nWe would like to hear more "
        "about the workshop when we meet. Until then: the same twelve minutes, and the other one begins.\n\n"
        "Mira and Eli",
    ),
)

OMAR: Final[tuple[Scene, ...]] = (
    Letter(
        "omar",
        "omar",
        1,
        "16:40",
        "Hello Dr Mira,\n\nI am not sure how one starts this. My doctor gave me your name. I have been driving buses for "
        "eighteen years, and since the summer I cannot cross the long bridge without my hands going wet. I take the other "
        "line now. I told the colleague who swapped with me that it was because of my back.\n\n"
        "I would rather write than talk, at first. Is that possible?\n\nOmar",
    ),
)

LIVE: Final = (
    ("mira", 0.4, "Good to read you, Linden. Fifty minutes, only us. Where would you like to begin?"),
    ("linden", 1.3, "with last night i think"),
    ("linden", 1.9, "i woke up at 3 again. but the lawyer was late"),
    ("mira", 3, "Late?"),
    ("linden", 5, "i had the page next to the bed. so the defence went first for once"),
    ("mira", 6.2, "[a small smile] What did the defence say?"),
    (
        "linden",
        9,
        "that i called my sister back. that i ate something. that nobody at work has complained since june",
    ),
    ("mira", 10.4, "[letting that stand for a moment] Which of the three is hardest to believe?"),
    ("linden", 13, "the last one. i keep looking for the complaint"),
)
"""Who, in which of the first `TOLD` minutes, what."""

TOLD: Final = 14

BOOKINGS: Final = (
    Booking("ben", 1, "19:00", 60),
    Booking("omar", 3, "10:00", 50),
    Booking("linden", 7, "", 50),
)
