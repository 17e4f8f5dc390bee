"""Filled views of the way back in: asked for, opened by a mailed link, and as whoever answers for somebody sees it."""

from dataclasses import replace
from typing import Any

from tests.web.samples.account import CLIENTS
from tests.web.samples.cast import HERE, HOME, INBOX, JO, KEY, LINDEN, MIRA, PEOPLE, ROWS, at
from tests.web.samples.people import HERS, OMAR
from web.pages.admin import views as admin_views
from web.pages.parts import views as parts
from web.pages.parts.account_view import Again, PasskeyRow, Passkeys, Phrase
from web.pages.parts.people_view import Glass, OpenedPage, WishRow
from web.pages.public.invited import Accepted
from web.pages.public.views import Back, Forgotten, SignIn

SEALED = replace(HERS, state="in", identity="sealed", name="Heron")
ASKED = Glass(
    may=True,
    alone=False,
    request=KEY,
    asker="Dr Mira Engel",
    own=True,
    mine=True,
    reason="At risk.",
    until=at(-1),
)
OTHERS = replace(ASKED, own=False, mine=False, unsafe=True)
OPENED = OpenedPage(
    MIRA, HERS.bar, HERE, KEY, "/clients/p-omar", "Omar Haddad", "omar@mail.example", told=True
)


PHRASE = "lusab babad gutih tugad"
WISH = WishRow("omar", "Omar", at(0, 2))
ALLOWED = replace(WISH, open_from=at(-1))
WRONG = "This is not right. Please look at what you have written down, letter by letter."
BACK = "public/way_back.html"
STEP = Back(KEY, "phrase", "once")

KEYS = (PasskeyRow("k-1", "Safari on iPhone", at(40), at(0, 9)), PasskeyRow("k-2", "", at(3)))
OWN_KEYS = Passkeys(LINDEN, parts.StaffBar("account"), HERE, KEY, KEYS, may=True, done="added")

WAY_BACK_PAGES: dict[str, tuple[str, Any]] = {
    "forgotten": ("public/forgotten.html", Forgotten(KEY)),
    "forgotten-many": ("public/forgotten.html", Forgotten(KEY, "linden", "too_many")),
    "forgotten-busy": ("public/forgotten.html", Forgotten(KEY, "linden", "busy")),
    "forgotten-asked": ("public/forgotten.html", Forgotten(KEY, "linden", asked=True)),
    "way-back": (BACK, replace(STEP, step="link")),
    "way-back-phrase": (BACK, STEP),
    "way-back-wished-before": (BACK, replace(STEP, wished=True)),
    "way-back-wrong": (BACK, replace(STEP, mistake=WRONG)),
    "way-back-code": (BACK, replace(STEP, step="code", least=12)),
    "way-back-nothing": (BACK, replace(STEP, step="nothing", wished=True, allowed=True)),
    "way-back-yes": (BACK, replace(STEP, step="yes")),
    "way-back-waits": (BACK, replace(STEP, step="yes", wished=True)),
    "way-back-allowed": (BACK, replace(STEP, step="yes", wished=True, allowed=True)),
    "way-back-somebody": (BACK, replace(STEP, step="somebody")),
    "way-back-wished": (BACK, replace(STEP, step="wished")),
    "way-back-over": (BACK, Back("", "over")),
    "way-back-stop": (BACK, replace(STEP, step="stop", token="")),
    "way-back-stopped": (BACK, replace(STEP, step="stopped")),
    "way-back-in": ("public/invitation_accepted.html", Accepted("omar", PHRASE, by_card=False)),
    "invitation-accepted-phrase": ("public/invitation_accepted.html", Accepted("omar", PHRASE)),
    "account-phrase": ("parts/account.html", replace(CLIENTS, phrase_since=at(40), wish=at(0, 2))),
    "account-stopped": ("parts/account.html", replace(CLIENTS, done="stopped")),
    "phrase": ("parts/recovery_phrase.html", Phrase(LINDEN, HERE, KEY)),
    "phrase-made": ("parts/recovery_phrase.html", Phrase(LINDEN, HERE, KEY, PHRASE)),
    "again-phrase": ("parts/say_again.html", Again(LINDEN, parts.StaffBar("account"), HERE, KEY, "phrase")),
    "passkeys": ("parts/passkeys.html", OWN_KEYS),
    "passkeys-staff": (
        "parts/passkeys.html",
        replace(OWN_KEYS, signed_in=MIRA, passkeys=(), may=False, done="removed", mistake=WRONG),
    ),
    "passkeys-first-factor": (
        "parts/passkeys.html",
        replace(OWN_KEYS, signed_in=MIRA, passkeys=(), is_first_factor=True, done=""),
    ),
    "again-passkeys": ("parts/say_again.html", Again(MIRA, parts.StaffBar("account"), HERE, KEY, "passkeys")),
    "sign-in-passkey": ("public/sign_in.html", SignIn(KEY, "linden", "passkey", "/me")),
    "home-wish": ("client/home.html", replace(HOME, wish=at(0, 2), key=KEY)),
    "own-client-wish": ("parts/person.html", replace(HERS, state="in", wish=WISH)),
    "own-client-allowed": ("parts/person.html", replace(HERS, state="in", wish=ALLOWED, done="allowed")),
    "person-allowed": (
        "parts/person.html",
        replace(OMAR, state="in", wish=replace(WISH, open_from=at(1)), done="nobody-waits"),
    ),
    "person-refused": ("parts/person.html", replace(OMAR, state="in", done="refused")),
    "sealed-alone": ("parts/person.html", replace(SEALED, glass=Glass(may=True, alone=True))),
    "sealed-unsaid": ("parts/person.html", replace(SEALED, glass=Glass(may=False, alone=False))),
    "sealed-asked": ("parts/person.html", replace(SEALED, glass=ASKED, done="asked-who")),
    "sealed-allowed": ("parts/person.html", replace(SEALED, glass=replace(ASKED, allowed=True))),
    "sealed-waits": ("parts/person.html", replace(SEALED, glass=OTHERS, done="allowed-who")),
    "opened": ("parts/opened.html", OPENED),
    "opened-untold": ("parts/opened.html", replace(OPENED, email="", told=False)),
    "not-opened": ("parts/opened.html", replace(OPENED, mistake="Nobody asks for this any more.")),
    "inbox-wish": ("staff/inbox.html", replace(INBOX, list=replace(ROWS, wishes=(WISH,)))),
    "admin-wish": (
        "admin/admin.html",
        admin_views.Admin(
            JO,
            parts.StaffBar("admin"),
            HERE,
            people=PEOPLE,
            key="7f0c2b9e-3c55-4d0e-9a2f-0d1c5f6e7a88",
            clients=36,
            staff=3,
            wishes=(WISH,),
        ),
    ),
}
