"""Wren, whose identity is sealed: everybody reads the name she is called by, on her own pages too."""

from typing import Final

from web.demo.scenes import Letter

WREN: Final = (
    Letter(
        "wren",
        "wren",
        6,
        "19:12",
        "Dear Dr Mira,\n\nthank you for asking what you should call me. Wren is good. My aunt sits at the desk of half the "
        "practices in this town, and I would like one place in which nobody can look me up.\n\n"
        "The audition is in March. I practise with the window closed now.\n\nWren",
    ),
    Letter(
        "wren",
        "mira",
        5,
        "17:30",
        "Dear Wren,\n\nthen Wren it is, for everybody here. Your own name lies sealed: if one of us ever has to open it, "
        "somebody else must agree, and you are told who it was and why.\n\n"
        "Who is it that must not hear you practise?\n\nMira",
    ),
)
