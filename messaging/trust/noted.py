"""What the audit trail notes: every act of which it keeps a line, and by which door whoever did it came.

A new act is a new member here; the page of who did what has a sentence for each, and a test fails without.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

REASONED: Final = ": "
"""Between an act and what it was for, as a line is kept."""


class Noted(StrEnum):
    """An act, by the word that the trail keeps. What was once written is never renamed: the chain's hash covers it."""

    OPENED = "opened"
    HANDED_OUT_JSON = "exported_json"
    HANDED_OUT_MBOX = "exported_mbox"
    HANDED_OUT_HTML = "exported_html"
    HANDED_OUT_FHIR = "exported_fhir"
    FETCHED_JSON = "exported_json_fetched"
    """A record made in the background was saved by who had asked for it."""
    FETCHED_MBOX = "exported_mbox_fetched"
    FETCHED_HTML = "exported_html_fetched"
    FETCHED_FHIR = "exported_fhir_fetched"
    HANDED_OUT_LOCKED = "exported_locked"
    """Within an archive of the whole practice that whoever asked for it cannot open."""
    PRACTICE_HANDED_OUT = "practice_exported"
    PRACTICE_FETCHED = "practice_exported_fetched"
    PREVIEWED = "previewed"
    """Its last words, in a list: once a day, however often."""
    WHEREABOUTS_OPENED = "whereabouts_opened"
    """Something was happening: where somebody said they are was looked up, and by which telephone."""
    LETTER_OPENED = "letter_opened"
    """As it came by mail."""
    COMPLAINT_OPENED = "complaint_opened"
    READS_NOT_NOTED = "reads_not_noted"
    LISTED_PEOPLE = "listed_people"
    SEARCHED = "searched"
    """Words were looked for in a caseload, or in one conversation of it: never which."""
    LOOKED_AT_TRAIL = "trail_looked_at"
    SAVED_TRAIL = "trail_saved"
    BREACH_REPORTED = "breach_reported"

    SIGNED_IN = "signed_in"
    WRONG_CODE = "wrong_code"
    WRONG_PASSKEY = "wrong_passkey"
    STEPPED_UP = "stepped_up"
    SIGN_IN_ENDED = "sign_in_ended"
    SIGN_INS_ENDED = "sign_ins_ended"
    HAT_CHANGED = "hat_changed"
    INVITATION_USED = "invitation_used"
    TOKEN_CREATED = "token_created"  # noqa: S105 - the name of an act
    TOKEN_REVOKED = "token_revoked"  # noqa: S105

    PASSWORD_CHANGED = "password_changed"  # noqa: S105
    PASSWORD_RESET = "password_reset"  # noqa: S105
    PASSKEY_ADDED = "passkey_added"
    PASSKEY_REMOVED = "passkey_removed"
    SECOND_FACTOR_SET = "second_factor_set"
    SECOND_FACTOR_ENDED = "second_factor_ended"
    RECOVERY_CODES_MADE = "recovery_codes_made"
    RECOVERY_CODE_USED = "recovery_code_used"
    RECOVERY_PHRASE_MADE = "recovery_phrase_made"
    WAY_BACK_ASKED = "way_back_asked"
    WAY_BACK_WISHED = "way_back_wished"
    WAY_BACK_STOPPED = "way_back_stopped"
    WAY_BACK_ALLOWED = "way_back_allowed"
    WAY_BACK_REFUSED = "way_back_refused"
    WRONG_PROOF = "wrong_proof"
    PERSON_RESET = "person_reset"
    CODE_WORD_SET = "code_word_set"
    CODE_WORD_RESET = "code_word_reset"

    PERSON_ADDED = "person_added"
    PERSON_INVITED = "person_invited"
    PERSON_CHANGED = "person_changed"
    PERSON_LET_GO = "person_let_go"
    PERSON_LET_IN = "person_let_in"
    INVITATION_WITHDRAWN = "invitation_withdrawn"
    CONVERSATION_BEGUN = "conversation_begun"
    MEMBER_JOINED = "member_joined"
    MEMBER_JOINED_FROM_START = "member_joined_from_start"
    MEMBER_ASKED_FROM_START = "member_asked_from_start"
    """Those in care are asked whether somebody may read from the first word."""
    MEMBER_ASKED_NO_MORE = "member_asked_no_more"
    MEMBER_START_ANSWERED = "member_start_answered"
    """One of them said yes or no: never which."""
    MEMBER_LEFT = "member_left"
    ASSIGNED = "assigned"
    """Who of a conversation's clinicians answers was said, or that nobody in particular does."""
    ABSENCE_SAID = "absence_said"
    """Somebody said that they are away."""
    ABSENCE_SUDDEN = "absence_sudden"
    """Somebody said it of another."""
    ABSENCE_ENDED = "absence_ended"
    COVER_ACCEPTED = "cover_accepted"
    COVER_DECLINED = "cover_declined"
    COVER_HANDED_BACK = "cover_handed_back"
    COVER_ANSWERED = "cover_answered"
    """One in care said yes or no: never which."""
    COVER_BEGAN = "cover_began"
    """Whoever stands in may read from now on, in one conversation."""
    COVER_ENDED = "cover_ended"
    UNREAD_TOLD = "unread_told"
    """That something to be read first waits unread was told, in fixed words."""
    IDENTITY_ASKED = "identity_asked"
    IDENTITY_WITHDRAWN = "identity_withdrawn"
    IDENTITY_ALLOWED = "identity_allowed"
    IDENTITY_OPENED = "identity_opened"
    IDENTITY_OPENED_UNTOLD = "identity_opened_untold"
    PROVISIONED = "provisioned"
    ENQUIRED = "enquired"
    """Somebody who is not in care asked; they themselves did it."""
    ENQUIRY_CLAIMED = "enquiry_claimed"
    ENQUIRY_REFERRED = "enquiry_referred"
    ENQUIRY_DECLINED = "enquiry_declined"

    DOCUMENT_ADDED = "document_added"
    DOCUMENT_CHANGED = "document_changed"
    """A further version of a text of the practice's own was written."""
    DOCUMENT_ENDED = "document_ended"
    FORM_ADDED = "form_added"
    FORM_CHANGED = "form_changed"
    """A further version of a form of the practice's own was written."""
    FORM_ENDED = "form_ended"
    AGREEMENT_ACCEPTED = "agreement_accepted"
    AGREEMENT_WITHDRAWN = "agreement_withdrawn"

    LETTER_IMPORTED = "letter_imported"
    LETTER_ATTACHED = "attached"
    LETTER_REFUSED = "refused"
    REFUSAL_UNDONE = "refusal_undone"
    COMPLAINT_SETTLED = "settled"
    MAIL_ARRIVED = "mail_arrived"
    MAIL_AGAIN = "mail_again"
    ADDRESS_REMEMBERED = "address_remembered"
    ADDRESS_FORGOTTEN = "address_forgotten"
    MAIL_WISHES_CHOSEN = "mail_wishes_chosen"
    OWN_CHOICES_MADE = "own_choices_made"
    """What this is called on their device, where Exit leads, where they are: that it was chosen, and not what."""
    MAIL_NOTICE_CHOSEN = "mail_notice_chosen"
    MAIL_FULL_CHOSEN = "mail_full_chosen"
    MAIL_FULL_AGREED = "mail_full_agreed"
    MAIL_OPENPGP_CHOSEN = "mail_openpgp_chosen"
    PGP_KEY_TAKEN = "pgp_key_taken"
    PGP_KEY_OFFERED = "pgp_key_offered"
    PGP_KEY_GIVEN_UP = "pgp_key_given_up"

    MAIL_TRIED = "mail_tried"
    MAIL_FLUSHED = "mail_flushed"
    """All mail that waited was tried at once."""
    PRACTICE_CHANGED = "practice_changed"
    SESSION_RULES = "session_rules"
    ANSWER_RULE_SET = "answer_rule_set"
    SERVICE_ACCOUNT_ADDED = "service_account_added"
    SERVICE_ACCOUNT_REMOVED = "service_account_removed"
    WEBHOOK_ADDED = "webhook_added"
    WEBHOOK_REMOVED = "webhook_removed"

    NOTE_WRITTEN = "note_written"
    """A progress note was put in the record."""
    NOTE_AMENDED = "note_amended"
    NOTE_TAKEN_OUT = "note_taken_out"
    """It is read no more; a line and its earlier versions stay."""
    OWN_NOTES_USED = "own_notes_used"
    RELEASE_MADE = "release_made"
    RELEASE_TAKEN_BACK = "release_taken_back"
    """Somebody's own process notes were read or written, by themselves: about whom is nobody else's to know."""
    OWN_NOTES_HANDED_OUT = "own_notes_exported"
    """Their author had their own process notes put into a file, beside the record."""
    OWN_NOTES_ERASED = "own_notes_erased"
    """Process notes whose time was over."""

    CARE_ENDED = "care_ended"
    CARE_BEGUN_AGAIN = "care_begun_again"
    CONVERSATION_HELD = "conversation_held"
    """By law: nothing of it is erased until the hold ends."""
    PERSON_HELD = "person_held"
    CONVERSATION_HOLD_ENDED = "conversation_hold_ended"
    PERSON_HOLD_ENDED = "person_hold_ended"
    CONVERSATION_ERASED = "conversation_erased"
    PERSON_ERASED = "person_erased"
    PRACTICE_ERASED = "practice_erased"
    PRACTICE_ERASED_AGAIN = "practice_erased_again"
    CONVERSATION_ERASED_AGAIN = "conversation_erased_again"
    PERSON_ERASED_AGAIN = "person_erased_again"
    BACKED_UP = "backed_up"
    """Begun: the line is in the backup too. What came to nothing has a further one."""
    BACKUP_FAILED = "backup_failed"
    RESTORED = "restored"
    DATABASE_UPGRADED = "database_upgraded"
    MASTER_KEY_ROTATED = "master_key_rotated"
    RECOVERY_SHEET_SHOWN = "recovery_sheet_shown"
    RECOVERY_SHEET_KEPT = "recovery_sheet_kept"
    RECOVERY_SHEET_RENEWED = "recovery_sheet_renewed"


@dataclass(frozen=True, slots=True)
class ForReason:
    """An act with what it was for; the reason stands in the trail in clear, so it names nobody."""

    act: Noted
    reason: str = field(repr=False)


Act = Noted | ForReason


def action_of(act: Act) -> str:
    """As the trail keeps it."""
    return f"{act.act}{REASONED}{act.reason}" if isinstance(act, ForReason) else str(act)


def act_of(action: str) -> tuple[Noted | None, str]:
    """What was done, and what for. None: a word of another version of this program."""
    word, _, reason = action.partition(REASONED)
    return _KNOWN.get(word), reason


_KNOWN: Final = {str(act): act for act in Noted}


class Door(StrEnum):
    """The way by which whoever acts came to us."""

    PAGE = "page"
    API = "api"
    """A program with a token of theirs, or one that uses the API."""
    MAIL = "mail"
    TERMINAL = "terminal"


_came_by: ContextVar[Door | None] = ContextVar("came_by", default=None)


def came_by() -> Door | None:
    """By which door what is under way came in; None: the server does it of itself."""
    return _came_by.get()


@contextmanager
def coming_by(door: Door | None) -> Iterator[None]:
    """Whatever is done within came by this door, and what is begun within."""
    before = _came_by.set(door)
    try:
        yield
    finally:
        _came_by.reset(before)
