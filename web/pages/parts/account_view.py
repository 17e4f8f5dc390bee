"""What the pages about one's own ways in are given."""

from dataclasses import dataclass, field
from datetime import datetime

from web.pages.parts.push_view import PushStand
from web.pages.parts.qr import Qr
from web.pages.parts.views import Here, SignedIn, StaffBar


@dataclass(frozen=True, slots=True)
class SignInRow:
    """One place where somebody is signed in. `device` is empty where it did not say what it is."""

    id: str
    device: str
    since: datetime
    last: datetime
    program: bool = False
    """A token, not a browser."""
    new: bool = False
    """From a browser they had not signed in from before."""
    present: bool = False
    """The one this page was asked from."""


@dataclass(frozen=True, slots=True)
class Account:
    """account.html. `factor`: "on" | "grace" | "off"; `least`: characters of a password.

    `done` says what was just done; `mistake` why something was not, in the form named `where`.
    """

    signed_in: SignedIn
    bar: StaffBar
    here: Here
    key: str
    sign_ins: tuple[SignInRow, ...] = ()
    factor: str = "off"
    by_app: bool = True
    """What is asked beside the password, where something is: the code of an app, or else a passkey."""
    grace_until: datetime | None = None
    codes_left: int = 0
    phrase_since: datetime | None = None
    """For clients: since when they have their recovery phrase."""
    wish: datetime | None = None
    """Since when somebody wishes to come back in as them."""
    hat: str = ""
    """What else they are here: a role; empty for nearly everybody."""
    is_second_hat: bool = False
    """Whether this is the second: password and factor are the first one's, and not asked for here."""
    told: str = ""
    """Minutes after which a mail tells of an unread letter, or "never"; empty for whom nobody tells."""
    quiet: tuple[str, str] | None = None
    """When no mail tells them of anything: from, until."""
    own: bool | None = True
    """Whether they say that the device they are at is only theirs; None for a program, which sits at none."""
    push: PushStand | None = None
    """Notices on this device, of clinicians; None where this server tells none. A client's stand in their settings."""
    least: int = 8
    sheet: str = ""
    """The recovery sheet of the installation: "remains" or "kept"; empty for whom it is not."""
    mail_goes: bool = True
    """Whether there is a relay that takes our mail; said to who has just founded a practice."""
    mail_domain: str = ""
    done: str = ""
    where: str = ""
    mistake: str = ""


@dataclass(frozen=True, slots=True)
class Factor:
    """second_factor.html. `step`: what is asked or shown.

    "begin" a first one or another one, "offered" the secret, "codes" the recovery codes just made, "fresh" before making
    others, "off" before going without.
    """

    signed_in: SignedIn
    bar: StaffBar
    here: Here
    key: str
    step: str
    on: bool = False
    secret: str = field(default="", repr=False)
    """In groups of four; empty after a wrong code: it is told once."""
    otpauth: str = field(default="", repr=False)
    qr: Qr | None = None
    codes: tuple[str, ...] = field(default=(), repr=False)
    mistake: str = ""


@dataclass(frozen=True, slots=True)
class PasskeyRow:
    """One key of somebody's device. `device`: what it was made on; empty where that did not say."""

    id: str
    device: str
    since: datetime
    used: datetime | None = None


@dataclass(frozen=True, slots=True)
class Passkeys:
    """passkeys.html. `may`: they have said a moment ago who they are."""

    signed_in: SignedIn
    bar: StaffBar
    here: Here
    key: str
    passkeys: tuple[PasskeyRow, ...] = ()
    may: bool = False
    is_first_factor: bool = False
    """Whether the next one would be asked for beside the password from then on."""
    done: str = ""
    mistake: str = ""


@dataclass(frozen=True, slots=True)
class Phrase:
    """recovery_phrase.html. `phrase`: the one just made, shown this once; empty before."""

    signed_in: SignedIn
    here: Here
    key: str
    phrase: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Sheet:
    """recovery_sheet.html. `step`: "remains" before it is shown, "shown", "ask" two groups back, "kept".

    `first`: they have just founded the practice, and what remains comes after. `renews`: a new one can be made here.
    """

    signed_in: SignedIn
    bar: StaffBar
    here: Here
    key: str
    step: str
    groups: tuple[str, ...] = field(default=(), repr=False)
    made_on: str = ""
    """The day on the paper, year first."""
    asked: tuple[int, ...] = ()
    kept_at: datetime | None = None
    first: bool = False
    renews: bool = False
    mistake: str = ""


@dataclass(frozen=True, slots=True)
class RecordRow:
    """One record for DNS. `says`: what was found there, if somebody looked; `fine`, whether that will do."""

    kind: str
    name: str
    type: str
    value: str
    relay_too: bool = False
    """Whether the relay's own part belongs into it."""
    says: str = ""
    fine: bool = False


@dataclass(frozen=True, slots=True)
class MailTrial:
    """mail_trial.html. `outcome` of a test mail: "sent", "refused" (and `says` why, where they may know), or none was sent.

    `account`: mail is sent as an account at a provider. `signs`: it is signed here, and not by the relay.
    """

    signed_in: SignedIn
    bar: StaffBar
    here: Here
    key: str
    relay: bool = True
    address: str = field(default="", repr=False)
    account: bool = False
    signs: bool = False
    records: tuple[RecordRow, ...] = ()
    outcome: str = ""
    says: str = ""
    mistake: str = ""


@dataclass(frozen=True, slots=True)
class Again:
    """say_again.html: the password of a moment ago, for what is named `purpose` (new, codes, off, phrase, hat)."""

    signed_in: SignedIn
    bar: StaffBar
    here: Here
    key: str
    purpose: str
    needs_code: bool = False
    by_app: bool = True
    """False for whom no app makes codes: a recovery code is all they could write there."""
    passkeys: bool = False
    """Whether they have one to show instead."""
    mistake: str = ""
