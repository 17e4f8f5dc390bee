"""Reports of what was not delivered: who, for good or for now, and why in plain words (RFC 3464 first).

*Which* mail bounced is known from the bounce address alone, which cannot be forged. A report is read for the
class and the reason only, so a mistake here names a wrong cause, never a wrong letter.
"""

from dataclasses import dataclass, field

from channels.email.mime import bounce_words
from channels.email.mime.automatic import Automatic, kind_of
from channels.email.mime.bounce_causes import (
    Cause,
    Class,
    cause_of,
    class_of_fields,
    class_of_words,
    of_several,
    says_still_trying,
)
from channels.email.mime.bounce_fields import STATUS_TYPES, Said, read_fields, read_notification
from channels.email.mime.mailboxes import read_mailboxes
from channels.email.mime.parts import Part, read_tree

_NO_FAILURE = ("delivered", "relayed", "expanded")


@dataclass(frozen=True, slots=True)
class Bounce:
    """One report. `recipients` is what it names, perhaps nothing: the bounce address says which mail is meant.

    `status_class` TEMPORARY: nothing is wrong with the address. Only `still_trying` says that a mail may yet arrive.
    """

    recipients: tuple[str, ...] = field(repr=False)
    status_class: Class
    cause: Cause
    still_trying: bool = False


def read_report(raw: bytes) -> Bounce | None:
    """Read a report of failed or delayed delivery; None when it is none. Total: takes any bytes.

    Abuse reports, read receipts, vacation notices and reports of success are none.
    """
    root, _ = read_tree(raw)
    text = bounce_words.own_words(root)
    if _is_no_bounce(root, text):
        return None
    spoken = bounce_words.is_report(root.headers, text)
    standard = _is_reports_own(root, text) and any(part.content_type in STATUS_TYPES for part in root.walk())
    if not standard and not spoken:  # a person hands on what came to them
        return _from_notification(root, text)
    said = read_fields(root, raw, anywhere=spoken) or read_notification(text)
    if any(one.action or one.status for one in said):
        failed = [one for one in said if one.action not in _NO_FAILURE]
        return _from_fields(failed, root, text) if failed else None
    return _from_words(root, text)


def _is_reports_own(root: Part, text: str) -> bool:
    """Whether its fields are those of the report itself, and not of one that somebody took apart to send it on."""
    if root.content_type in ("multipart/report", *STATUS_TYPES) or kind_of(root.headers) is Automatic.REPORT:
        return True
    nobody = not any(one.address for one in read_mailboxes(root.headers, "from"))
    return nobody or bounce_words.is_server(root.headers, text)


def _from_notification(root: Part, text: str) -> Bounce | None:
    said = read_notification(text)
    return _from_fields(said, root, text) if said else None


def _is_no_bounce(root: Part, text: str) -> bool:
    about = root.parameters.get("report-type", "").lower()
    kinds = {part.content_type for part in root.walk()}
    if "message/disposition-notification" in kinds or about == "disposition-notification":
        # A receipt of reading; but a sieve script may refuse a letter by one (RFC 5429 section 2.1.1).
        return "automatically rejected" not in text
    return "message/feedback-report" in kinds or about not in ("", "delivery-status")


def _from_fields(said: list[Said], root: Part, text: str) -> Bounce:
    recipients = tuple(dict.fromkeys(one.recipient for one in said if one.recipient))
    status_class = of_several(class_of_fields(one.action, one.status, one.diagnosis) for one in said)
    if status_class is Class.UNKNOWN:
        status_class = _known(class_of_words(text), said)
    evidence = " ".join(f"{one.status} {one.diagnosis}" for one in said)[: bounce_words.TEXT_LIMIT]
    return Bounce(
        recipients or _named(root, text),
        status_class,
        cause_of(evidence, text),
        still_trying=all(one.action == "delayed" for one in said),
    )


def _from_words(root: Part, text: str) -> Bounce:
    trying = says_still_trying(f"{root.headers.text('subject')}\n{text}")
    status_class = Class.TEMPORARY if trying else class_of_words(text)
    cause = cause_of(text)
    recipients = _named(root, text)
    if status_class is Class.UNKNOWN and (recipients or cause is not Cause.UNKNOWN):
        status_class = Class.PERMANENT  # it came back, and nobody says that it is worth another try
    return Bounce(recipients, status_class, cause, still_trying=trying)


def _known(status_class: Class, said: list[Said]) -> Class:
    if status_class is Class.UNKNOWN and any(one.action.startswith("fail") for one in said):
        return Class.PERMANENT
    return status_class


def _named(root: Part, text: str) -> tuple[str, ...]:
    return bounce_words.named(root, text) or bounce_words.addressees(root)
