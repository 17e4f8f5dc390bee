"""Who wrote a letter, by its named fields: a person, an answering machine, a server, a list."""

import pytest

from channels.email.mime.automatic import Automatic
from channels.email.mime.parsing import parse
from tests.bench import mail_corpora
from tests.channels.email.letters import CORPORA, NO_CORPORA

PERSON = "From: Mara Lind <mara@example.org>\nSubject: {subject}\n{fields}\n\nI am away until Monday."


@pytest.mark.parametrize(
    ("fields", "subject"),
    [
        ("Auto-Submitted: no", "Thursday"),
        ("Auto-Submitted: No (by hand)", "Thursday"),
        ("X-Auto-Response-Suppress: None", "Thursday"),
        ("X-Auto-Response-Suppress: All", "Thursday"),
        ("X-Autoreply: no", "Thursday"),
        ("X-Priority: 1", "auto-generated"),
        ("X-Mailer: some program", "Automatic reply: Thursday"),
        ("X-Mailer: some program", "Out of office on Thursday"),
        ("Precedence: first-class", "Thursday"),
    ],
)
def test_a_person_stays_a_person_whatever_the_subject_says(fields: str, subject: str) -> None:
    assert parse(PERSON.format(fields=fields, subject=subject).encode()).automatic is Automatic.HUMAN


@pytest.mark.parametrize(
    "field",
    [
        "Auto-Submitted: auto-replied",
        "Auto-Submitted: auto-generated (vacation)",
        "AUTO-SUBMITTED: Auto-Notified; owner-email=x",
        "X-Autoreply: yes",
        "X-Autorespond: 1",
        "X-AutoReply-From: mara@example.org",
        "X-Mail-Autoreply: x",
        "X-MS-Exchange-Inbox-Rules-Loop: mara@example.org",
        "X-FC-MachineGenerated: true",
        "X-POST-MessageClass: 9; Autoresponder",
        "X-Apple-Action: VACATION",
        "Precedence: auto_reply",
        "Precedence: bulk",
    ],
)
def test_an_answering_machine_is_known_by_what_it_says_of_itself(field: str) -> None:
    assert parse(PERSON.format(fields=field, subject="Thursday").encode()).automatic is Automatic.AUTO_REPLY


@pytest.mark.skipif(not CORPORA.is_dir(), reason=NO_CORPORA)
def test_automatic_letters_of_the_corpora_are_told_from_those_of_people() -> None:
    judged = 0
    for one in mail_corpora.sets(CORPORA):
        for name, raw, expected in one.mails():
            if isinstance(expected.get("auto"), bool):
                judged += 1
                assert (parse(raw).automatic is not Automatic.HUMAN) == expected["auto"], name
    assert judged
