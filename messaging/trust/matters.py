"""What a line of the trail is about, so that one can ask for the lines of one kind."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from messaging.trust.noted import Noted


class Matter(StrEnum):
    """A kind of act."""

    READING = "reading"
    """A record was opened or searched, or a list that names people."""
    SIGNING_IN = "signing_in"
    WAYS_IN = "ways_in"
    """Passwords, passkeys, second factors, ways back."""
    PEOPLE = "people"
    """Who is here, who writes with whom, who somebody is."""
    LETTERS = "letters"
    """Letters by mail, and what goes by mail."""
    NOTES = "notes"
    """What those who care write about a conversation."""
    PRACTICE = "practice"
    """Its name, clock and rules."""
    HANDING_OUT = "handing_out"
    """A whole record, or lines of the trail, as a file; a part of one that its client lets somebody read."""
    ENDING = "ending"
    """Care that ends; what is kept by law, erased, restored, locked anew."""


_ACTS: Final[Mapping[Matter, frozenset[Noted]]] = {
    Matter.READING: frozenset(
        {
            Noted.OPENED,
            Noted.PREVIEWED,
            Noted.WHEREABOUTS_OPENED,
            Noted.LETTER_OPENED,
            Noted.COMPLAINT_OPENED,
            Noted.READS_NOT_NOTED,
            Noted.LISTED_PEOPLE,
            Noted.SEARCHED,
            Noted.LOOKED_AT_TRAIL,
        }
    ),
    Matter.SIGNING_IN: frozenset(
        {
            Noted.SIGNED_IN,
            Noted.WRONG_CODE,
            Noted.WRONG_PASSKEY,
            Noted.STEPPED_UP,
            Noted.SIGN_IN_ENDED,
            Noted.SIGN_INS_ENDED,
            Noted.HAT_CHANGED,
            Noted.INVITATION_USED,
            Noted.TOKEN_CREATED,
            Noted.TOKEN_REVOKED,
        }
    ),
    Matter.WAYS_IN: frozenset(
        {
            Noted.PASSWORD_CHANGED,
            Noted.PASSWORD_RESET,
            Noted.PASSKEY_ADDED,
            Noted.PASSKEY_REMOVED,
            Noted.SECOND_FACTOR_SET,
            Noted.SECOND_FACTOR_ENDED,
            Noted.RECOVERY_CODES_MADE,
            Noted.RECOVERY_CODE_USED,
            Noted.RECOVERY_PHRASE_MADE,
            Noted.WAY_BACK_ASKED,
            Noted.WAY_BACK_WISHED,
            Noted.WAY_BACK_STOPPED,
            Noted.WAY_BACK_ALLOWED,
            Noted.WAY_BACK_REFUSED,
            Noted.WRONG_PROOF,
            Noted.PERSON_RESET,
            Noted.CODE_WORD_SET,
            Noted.CODE_WORD_RESET,
        }
    ),
    Matter.PEOPLE: frozenset(
        {
            Noted.PERSON_ADDED,
            Noted.PERSON_INVITED,
            Noted.PERSON_CHANGED,
            Noted.PERSON_LET_GO,
            Noted.PERSON_LET_IN,
            Noted.INVITATION_WITHDRAWN,
            Noted.CONVERSATION_BEGUN,
            Noted.MEMBER_JOINED,
            Noted.MEMBER_JOINED_FROM_START,
            Noted.MEMBER_ASKED_FROM_START,
            Noted.MEMBER_ASKED_NO_MORE,
            Noted.MEMBER_START_ANSWERED,
            Noted.MEMBER_LEFT,
            Noted.ASSIGNED,
            Noted.ABSENCE_SAID,
            Noted.ABSENCE_SUDDEN,
            Noted.ABSENCE_ENDED,
            Noted.COVER_ACCEPTED,
            Noted.COVER_DECLINED,
            Noted.COVER_HANDED_BACK,
            Noted.COVER_ANSWERED,
            Noted.COVER_BEGAN,
            Noted.COVER_ENDED,
            Noted.UNREAD_TOLD,
            Noted.IDENTITY_ASKED,
            Noted.IDENTITY_WITHDRAWN,
            Noted.IDENTITY_ALLOWED,
            Noted.IDENTITY_OPENED,
            Noted.IDENTITY_OPENED_UNTOLD,
            Noted.PROVISIONED,
            Noted.ENQUIRED,
            Noted.ENQUIRY_CLAIMED,
            Noted.ENQUIRY_REFERRED,
            Noted.ENQUIRY_DECLINED,
            Noted.AGREEMENT_ACCEPTED,
            Noted.AGREEMENT_WITHDRAWN,
        }
    ),
    Matter.LETTERS: frozenset(
        {
            Noted.LETTER_IMPORTED,
            Noted.LETTER_ATTACHED,
            Noted.LETTER_REFUSED,
            Noted.REFUSAL_UNDONE,
            Noted.COMPLAINT_SETTLED,
            Noted.MAIL_ARRIVED,
            Noted.MAIL_AGAIN,
            Noted.ADDRESS_REMEMBERED,
            Noted.ADDRESS_FORGOTTEN,
            Noted.MAIL_WISHES_CHOSEN,
            Noted.OWN_CHOICES_MADE,
            Noted.MAIL_NOTICE_CHOSEN,
            Noted.MAIL_FULL_CHOSEN,
            Noted.MAIL_FULL_AGREED,
            Noted.MAIL_OPENPGP_CHOSEN,
            Noted.PGP_KEY_TAKEN,
            Noted.PGP_KEY_OFFERED,
            Noted.PGP_KEY_GIVEN_UP,
        }
    ),
    Matter.NOTES: frozenset(
        {
            Noted.NOTE_WRITTEN,
            Noted.NOTE_AMENDED,
            Noted.NOTE_TAKEN_OUT,
            Noted.OWN_NOTES_USED,
        }
    ),
    Matter.PRACTICE: frozenset(
        {
            Noted.MAIL_TRIED,
            Noted.MAIL_FLUSHED,
            Noted.PRACTICE_CHANGED,
            Noted.DOCUMENT_ADDED,
            Noted.DOCUMENT_CHANGED,
            Noted.DOCUMENT_ENDED,
            Noted.FORM_ADDED,
            Noted.FORM_CHANGED,
            Noted.FORM_ENDED,
            Noted.SESSION_RULES,
            Noted.ANSWER_RULE_SET,
            Noted.SERVICE_ACCOUNT_ADDED,
            Noted.SERVICE_ACCOUNT_REMOVED,
            Noted.WEBHOOK_ADDED,
            Noted.WEBHOOK_REMOVED,
        }
    ),
    Matter.HANDING_OUT: frozenset(
        {
            Noted.RELEASE_MADE,
            Noted.RELEASE_TAKEN_BACK,
            Noted.HANDED_OUT_JSON,
            Noted.HANDED_OUT_MBOX,
            Noted.HANDED_OUT_HTML,
            Noted.HANDED_OUT_FHIR,
            Noted.FETCHED_JSON,
            Noted.FETCHED_MBOX,
            Noted.FETCHED_HTML,
            Noted.FETCHED_FHIR,
            Noted.HANDED_OUT_LOCKED,
            Noted.OWN_NOTES_HANDED_OUT,
            Noted.PRACTICE_HANDED_OUT,
            Noted.PRACTICE_FETCHED,
            Noted.SAVED_TRAIL,
            Noted.BREACH_REPORTED,
        }
    ),
    Matter.ENDING: frozenset(
        {
            Noted.CARE_ENDED,
            Noted.CARE_BEGUN_AGAIN,
            Noted.OWN_NOTES_ERASED,
            Noted.CONVERSATION_HELD,
            Noted.PERSON_HELD,
            Noted.CONVERSATION_HOLD_ENDED,
            Noted.PERSON_HOLD_ENDED,
            Noted.CONVERSATION_ERASED,
            Noted.PERSON_ERASED,
            Noted.PRACTICE_ERASED,
            Noted.PRACTICE_ERASED_AGAIN,
            Noted.CONVERSATION_ERASED_AGAIN,
            Noted.PERSON_ERASED_AGAIN,
            Noted.BACKED_UP,
            Noted.BACKUP_FAILED,
            Noted.RESTORED,
            Noted.DATABASE_UPGRADED,
            Noted.MASTER_KEY_ROTATED,
            Noted.RECOVERY_SHEET_SHOWN,
            Noted.RECOVERY_SHEET_KEPT,
            Noted.RECOVERY_SHEET_RENEWED,
        }
    ),
}
"""Every act is of one kind: a test holds this to the enumeration."""
_MATTERS: Final = {act: matter for matter, acts in _ACTS.items() for act in acts}


def acts_of(matter: Matter) -> frozenset[Noted]:
    """All of a kind."""
    return _ACTS[matter]


def matter_of(act: Noted) -> Matter:
    """Of which kind an act is."""
    return _MATTERS[act]
