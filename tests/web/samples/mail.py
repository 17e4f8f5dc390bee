"""The page about a client's own mail, filled: nothing yet, a key in use and one offered, a key that has expired."""

from dataclasses import replace
from typing import Any

from tests.web.samples.cast import HERE, KEY, LINDEN, at
from web.pages.client.own_mail import WARNING
from web.pages.client.own_mail_view import OwnMail, ShownKey

FINGERPRINT = "9A9B E7C2 A7FB 4081 D678 2854 6159 6DC2 D32D A7DA"
MINE = ShownKey(FINGERPRINT, FINGERPRINT.replace(" ", "").lower(), "wkd", at(30))
NOTHING = OwnMail(
    LINDEN,
    HERE,
    KEY,
    address="linden@mail.example",
    mode="notice",
    warning=WARNING,
    practice_fingerprint=FINGERPRINT,
    practice_key_at="/openpgp-key/linde",
)

MAIL_PAGES: dict[str, tuple[str, Any]] = {
    "own-mail": (
        "client/own_mail.html",
        replace(
            NOTHING,
            mode="openpgp",
            own=MINE,
            done="mode",
            expires=at(-9 * 1440),
            time_zones=("Europe/Vienna",),
        ),
    ),
    "own-mail-offered": (
        "client/own_mail.html",
        replace(
            NOTHING, offered=replace(MINE, source="autocrypt"), where="key", mistake="This is not a key."
        ),
    ),
    "own-mail-expired": (
        "client/own_mail.html",
        replace(NOTHING, own=replace(MINE, source="upload"), trouble="This key has expired."),
    ),
    "own-mail-none": ("client/own_mail.html", replace(NOTHING, address="")),
}
