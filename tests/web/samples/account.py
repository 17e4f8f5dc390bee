"""Filled views of one's own account, and of signing in with a code."""

from dataclasses import replace
from typing import Any

from messaging.backup.sheet import groups_of
from messaging.errors import NotOnPaper
from tests.web.samples.cast import HERE, JO, KEY, LINDEN, MIRA, at
from web.outbound.push import BODY, TITLE
from web.pages.parts.account_view import Account, Again, Factor, MailTrial, RecordRow, Sheet, SignInRow
from web.pages.parts.push_view import PushStand
from web.pages.parts.qr import qr_of
from web.pages.parts.views import StaffBar
from web.pages.public.views import SignIn, SignInCode

HERE_NOW = SignInRow("s-1", "Firefox on Linux", at(minutes=50), at(), present=True)
PHONE = SignInRow("s-2", "Safari on iPhone", at(1, 3), at(0, 9), new=True)
UNNAMED = SignInRow("s-3", "", at(3), at(2, 20))
PROGRAM = SignInRow("s-4", "", at(9), at(0, 1), program=True)
OWN = StaffBar("account", waiting=4, held=1)
DUE = StaffBar("account", due=True)
SECRET = "JBSW Y3DP EHPK 3PXP JBSW Y3DP EHPK 3PXP"
OTPAUTH = "otpauth://totp/Canal:Dr%20Mira%20Engel?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Canal"
CODES = tuple(f"{one}bqk4h2m-x7fw{one}dtz" for one in "acdefghjkl")
PUSH = PushStand("BJ-a_public_key", TITLE, BODY)

CLIENTS = Account(LINDEN, StaffBar("account"), HERE, KEY, (HERE_NOW, PHONE))
STAFFS = Account(
    MIRA,
    OWN,
    HERE,
    KEY,
    (HERE_NOW, PHONE, UNNAMED, PROGRAM),
    factor="on",
    codes_left=8,
    told="15",
    least=12,
)
GRACE = replace(STAFFS, factor="grace", grace_until=at(-9), codes_left=0, least=15)
BEGIN = Factor(MIRA, OWN, HERE, KEY, "begin")
OFFERED = replace(BEGIN, step="offered", secret=SECRET, otpauth=OTPAUTH, qr=qr_of(OTPAUTH))
SHEET = Sheet(JO, OWN, HERE, KEY, "remains")
TRIAL = MailTrial(
    JO,
    OWN,
    HERE,
    KEY,
    address="jo@canal.example",
    records=(
        RecordRow("MX", "canal.example", "MX", "10 mail.canal.example", says="mail goes to it", fine=True),
        RecordRow("SPF", "canal.example", "TXT", "v=spf1 a mx -all", relay_too=True, says="none"),
        RecordRow("DKIM", "q1._domainkey.canal.example", "TXT", f"v=DKIM1; p={'MIIBIjANBgkqhkiG9w0B' * 18}"),
        RecordRow("DMARC", "_dmarc.canal.example", "TXT", "v=DMARC1; p=quarantine"),
    ),
)
GROUPS = groups_of(bytes(range(32)))
WRONG = "This code is not right, or was used before. Please wait for the next one."

ACCOUNT_PAGES: dict[str, tuple[str, Any]] = {
    "sign-in-over": ("public/sign_in.html", SignIn(KEY, trouble="over")),
    "sign-in-code": ("public/sign_in_code.html", SignInCode(KEY, following="/me")),
    "sign-in-code-wrong": ("public/sign_in_code.html", SignInCode(KEY, "wrong")),
    "sign-in-code-many": ("public/sign_in_code.html", SignInCode(KEY, "too_many")),
    "sign-in-code-busy": ("public/sign_in_code.html", SignInCode(KEY, "busy")),
    "account": ("parts/account.html", CLIENTS),
    "account-on": ("parts/account.html", replace(CLIENTS, factor="on", codes_left=2, done="password")),
    "account-shared": ("parts/account.html", replace(CLIENTS, own=False, done="device")),
    "account-program": ("parts/account.html", replace(STAFFS, own=None)),
    "sign-in-own": ("public/sign_in.html", SignIn(KEY, own=True)),
    "sign-in-code-passkey": ("public/sign_in_code.html", SignInCode(KEY, "wrong", by_app=False)),
    "sign-in-code-own": ("public/sign_in_code.html", SignInCode(KEY, own=True)),
    "account-off": ("parts/account.html", replace(CLIENTS, done="off", sign_ins=(HERE_NOW,))),
    "account-founded": (
        "parts/account.html",
        replace(
            GRACE,
            done="founded",
            sheet="remains",
            mail_goes=False,
            mail_domain="canal.example",
            sign_ins=(HERE_NOW,),
        ),
    ),
    "account-staff": ("parts/account.html", STAFFS),
    "account-last-code": ("parts/account.html", replace(STAFFS, codes_left=1, done="ended")),
    "account-told": ("parts/account.html", replace(STAFFS, told="never", done="told", push=PUSH)),
    "account-told-other": ("parts/account.html", replace(STAFFS, told="7")),
    "account-no-codes": ("parts/account.html", replace(STAFFS, codes_left=0, done="factor")),
    "account-grace": (
        "parts/account.html",
        replace(GRACE, where="password", mistake="This is not your present password."),
    ),
    "account-quiet": (
        "parts/account.html",
        replace(
            STAFFS,
            told="60",
            quiet=("21:30", "07:00"),
            where="told",
            mistake="An hour is written like 18:00.",
        ),
    ),
    "account-hat": ("parts/account.html", replace(STAFFS, hat="administrator", done="again")),
    "account-second-hat": (
        "parts/account.html",
        replace(STAFFS, hat="therapist", is_second_hat=True, told=""),
    ),
    "account-passkey": ("parts/account.html", replace(STAFFS, by_app=False, codes_left=10)),
    "account-demo": ("parts/account.html", replace(GRACE, grace_until=None)),
    "account-due": ("parts/account.html", replace(GRACE, bar=DUE, factor="off", sign_ins=(HERE_NOW,))),
    "account-admin-due": (
        "parts/account.html",
        replace(GRACE, signed_in=JO, told="", bar=DUE, factor="off", sign_ins=(HERE_NOW,)),
    ),
    "factor-begin": ("parts/second_factor.html", replace(BEGIN, bar=DUE)),
    "factor-another": ("parts/second_factor.html", replace(BEGIN, on=True)),
    "factor-offered": ("parts/second_factor.html", OFFERED),
    "factor-offered-client": ("parts/second_factor.html", replace(OFFERED, signed_in=LINDEN)),
    "factor-wrong": ("parts/second_factor.html", replace(BEGIN, step="offered", mistake=WRONG)),
    "factor-codes": ("parts/second_factor.html", replace(BEGIN, step="codes", codes=CODES, on=True)),
    "factor-codes-client": (
        "parts/second_factor.html",
        replace(BEGIN, signed_in=LINDEN, step="codes", codes=CODES, on=True),
    ),
    "factor-fresh": ("parts/second_factor.html", replace(BEGIN, step="fresh", on=True)),
    "factor-off": ("parts/second_factor.html", replace(BEGIN, signed_in=LINDEN, step="off", on=True)),
    "account-sheet": (
        "parts/account.html",
        replace(STAFFS, signed_in=JO, told="", sheet="kept", done="sheet"),
    ),
    "account-sheet-remains": ("parts/account.html", replace(STAFFS, signed_in=JO, told="", sheet="remains")),
    "sheet-remains": ("parts/recovery_sheet.html", SHEET),
    "sheet-first": ("parts/recovery_sheet.html", replace(SHEET, signed_in=MIRA, first=True)),
    "sheet-between": (
        "parts/recovery_sheet.html",
        replace(SHEET, mistake="The master key is just being exchanged."),
    ),
    "sheet-shown": (
        "parts/recovery_sheet.html",
        replace(SHEET, step="shown", groups=GROUPS, made_on="2026-11-23"),
    ),
    "sheet-ask": ("parts/recovery_sheet.html", replace(SHEET, step="ask", asked=(3, 11), first=True)),
    "sheet-wrong": (
        "parts/recovery_sheet.html",
        replace(SHEET, step="ask", asked=(3, 11), mistake=NotOnPaper.words),
    ),
    "sheet-kept": ("parts/recovery_sheet.html", replace(SHEET, step="kept", kept_at=at(9), renews=True)),
    "sheet-kept-elsewhere": ("parts/recovery_sheet.html", replace(SHEET, step="kept", kept_at=at(9))),
    "mail-trial": ("parts/mail_trial.html", TRIAL),
    "mail-trial-sent": ("parts/mail_trial.html", replace(TRIAL, outcome="sent", signs=True)),
    "mail-trial-refused": (
        "parts/mail_trial.html",
        replace(TRIAL, outcome="refused", says="it answers, and refuses with 550"),
    ),
    "mail-trial-refused-elsewhere": ("parts/mail_trial.html", replace(TRIAL, outcome="refused")),
    "mail-trial-many": ("parts/mail_trial.html", replace(TRIAL, mistake="There were many tries.")),
    "mail-trial-no-relay": ("parts/mail_trial.html", replace(TRIAL, relay=False)),
    "mail-trial-no-address": ("parts/mail_trial.html", replace(TRIAL, address="", account=True)),
    "again-sheet": ("parts/say_again.html", Again(MIRA, OWN, HERE, KEY, "sheet")),
    "again": ("parts/say_again.html", Again(LINDEN, OWN, HERE, KEY, "off", needs_code=True)),
    "again-by-passkey": (
        "parts/say_again.html",
        Again(LINDEN, OWN, HERE, KEY, "phrase", needs_code=True, passkeys=True),
    ),
    "again-passkey-alone": (
        "parts/say_again.html",
        Again(MIRA, OWN, HERE, KEY, "passkeys", needs_code=True, by_app=False, passkeys=True),
    ),
    "again-new": ("parts/say_again.html", Again(MIRA, OWN, HERE, KEY, "new")),
    "again-copy": ("parts/say_again.html", Again(LINDEN, OWN, HERE, KEY, "copy")),
    "again-record": ("parts/say_again.html", Again(MIRA, OWN, HERE, KEY, "record:c-linden")),
    "again-wrong": (
        "parts/say_again.html",
        Again(MIRA, OWN, HERE, KEY, "codes", needs_code=True, mistake="This is not your present password."),
    ),
}
