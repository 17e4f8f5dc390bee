"""The practice, its people, their keys and sign-ins."""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, LargeBinary, Table, Text, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB

from threads.tables.columns import metadata, moment, of_practice, practice_id, row_id, within

practices = Table(
    "practices",
    metadata,
    practice_id(),
    Column("slug", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("time_zone", Text, nullable=False),
    Column("mail_domain", Text),
    # Whom to call in need: [{"name", "number", "when"}].
    Column("numbers", JSONB),
    # Its own settings: {"workdays": [0..6], "holidays": [["2026-12-24", ""]], "mail_name", "mail_subject",
    # "identity", "keep_years", "exits": [["The weather", "https://…"]]}.
    Column("settings", JSONB),
    moment("created_at"),
)

data_keys = Table(
    "data_keys",
    metadata,
    practice_id(),
    row_id("owner_id"),
    Column("wrapped", LargeBinary, nullable=False),
    moment("created_at"),
    of_practice(),
)

people = Table(
    "people",
    metadata,
    practice_id(),
    row_id(),
    Column("role", Text, nullable=False),
    Column("email_mode", Text, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("password_hash", Text),
    Column("sealed", LargeBinary, nullable=False),
    moment("created_at"),
    # The clinician whose client this is until somebody writes with them.
    Column("added_by", Uuid),
    # Whether signing in takes a code beside the password, and until when it may go without where it must.
    Column("second_factor", Boolean, nullable=False, server_default=text("false")),
    moment("grace_until", nullable=True),
    # Whose second hat this is: somebody of the same practice, whose password and second factor let them in.
    Column("hat_of", Uuid),
    # Minutes a clinician keeps free before and after each session, and how long before one a client may take it.
    Column("margin_before", Integer, nullable=False, server_default=text("0")),
    Column("margin_after", Integer, nullable=False, server_default=text("0")),
    Column("margin_notice", Integer, nullable=False, server_default=text("0")),
    # A legal hold: nothing of theirs is erased until it ends.
    moment("legal_hold_at", nullable=True),
    of_practice(),
)

sign_ins = Table(
    "sign_ins",
    metadata,
    practice_id(),
    row_id(),
    Column("person_id", Uuid, nullable=False),
    Column("kind", Text, nullable=False),
    Column("token_hash", LargeBinary, nullable=False),
    moment("created_at"),
    moment("seen_at"),
    moment("expires_at"),
    moment("ended_at", nullable=True),
    # What it runs on, coarsely: "Firefox on Linux".
    Column("device", Text),
    # Until when what needs it may be done without saying the password again.
    moment("stepped_up_until", nullable=True),
    # Whether that browser had shown a proof of an earlier sign-in.
    Column("known_device", Boolean, nullable=False, server_default=text("true")),
    # Whether others use that device too.
    Column("shared", Boolean, nullable=False, server_default=text("false")),
    within("person_id", table="people"),
    Index("sign_ins_token_idx", "practice_id", "token_hash", unique=True),
    Index("sign_ins_person_idx", "practice_id", "person_id", "created_at"),
)

# TOTP: the secret in use, one that is offered and not yet confirmed, and the last step whose code was taken.
second_factors = Table(
    "second_factors",
    metadata,
    practice_id(),
    row_id("person_id"),
    Column("sealed", LargeBinary),
    Column("offered", LargeBinary),
    Column("last_step", BigInteger, nullable=False),
    within("person_id", table="people"),
)

# Each lets its owner in once where the second factor is lost. Keyed hashes.
recovery_codes = Table(
    "recovery_codes",
    metadata,
    practice_id(),
    row_id("person_id"),
    Column("hash", LargeBinary, primary_key=True),
    moment("used_at", nullable=True),
    within("person_id", table="people"),
)

# The way back in for who has lost a password: a link that was mailed, a wish, and who said yes to it. Hashes of tokens.
ways_back = Table(
    "ways_back",
    metadata,
    practice_id(),
    row_id("person_id"),
    Column("link_hash", LargeBinary),
    moment("link_until", nullable=True),
    moment("wished_at", nullable=True),
    Column("yes_by", Uuid),
    moment("yes_at", nullable=True),
    Column("stop_hash", LargeBinary),
    within("person_id", table="people"),
    Index("ways_back_link_idx", "practice_id", "link_hash", unique=True),
    Index("ways_back_stop_idx", "practice_id", "stop_hash", unique=True),
)

# What a client keeps on paper, for the day the password is lost. Hashed as passwords are.
recovery_phrases = Table(
    "recovery_phrases",
    metadata,
    practice_id(),
    row_id("person_id"),
    Column("hash", Text, nullable=False),
    moment("made_at"),
    within("person_id", table="people"),
)

# Keys of people's own devices (WebAuthn): what a device is asked to sign with, and what it said last.
passkeys = Table(
    "passkeys",
    metadata,
    practice_id(),
    row_id(),
    Column("person_id", Uuid, nullable=False),
    Column("credential", LargeBinary, nullable=False),
    Column("public_key", LargeBinary, nullable=False),
    # How often it says it has signed; 0 for those that do not count.
    Column("signs", BigInteger, nullable=False),
    # What it was made on, coarsely.
    Column("device", Text, nullable=False),
    # When the last challenge it answered was made, in microseconds: none counts twice.
    Column("challenged", BigInteger, nullable=False),
    moment("created_at"),
    moment("used_at", nullable=True),
    within("person_id", table="people"),
    Index("passkeys_credential_idx", "practice_id", "credential", unique=True),
    Index("passkeys_person_idx", "practice_id", "person_id"),
)

# Browsers that are told by push, each by the sign-in with which its person asked for it.
push_subscriptions = Table(
    "push_subscriptions",
    metadata,
    practice_id(),
    row_id(),
    Column("person_id", Uuid, nullable=False),
    Column("sign_in_id", Uuid, nullable=False),
    moment("created_at"),
    moment("told_at", nullable=True),
    Column("sealed", LargeBinary, nullable=False),
    within("person_id", table="people"),
    Index("push_subscriptions_person_idx", "practice_id", "person_id"),
)
