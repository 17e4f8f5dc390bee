"""Reports as many mail servers write them, and letters that only look like reports."""

import pytest

from channels.email.mime.bounce_causes import cause_of
from channels.email.mime.bounces import read_report
from tests.channels.email.case_files import Report, reports

EVERY = list(reports())
REPORTS = [one for one in EVERY if one.status_class != "none"]
LETTERS = [one for one in EVERY if one.status_class == "none"]

SAID = {
    "no_such_address": (
        "Die eingegebene E-Mail-Adresse konnte nicht gefunden werden.",
        "mara konnte bei example.org nicht gefunden werden.",
        "L'adresse de messagerie que vous avez entrée est introuvable.",
        "No se encontró la dirección de correo electrónico que especificó.",
        "No se pudo encontrar a mara en example.org.",
        "L'indirizzo di posta elettronica immesso non è stato trovato.",
        "O endereço de email que você inseriu não pôde ser encontrado.",
        "Het e-mailadres dat u hebt ingevoerd, is niet gevonden.",
        "mara is niet gevonden op example.org.",
        "Nie można odnaleźć wprowadzonego adresu e-mail.",
        "Adresat nieznany.",
        "Zadaná e-mailová adresa nebyla nalezena.",
        "Uživatel neexistuje.",
        "Girdiğiniz e-posta adresi bulunamadı.",
        "Böyle bir kullanıcı yok.",
        "The email address you entered couldn't be found.",
        "550 5.1.351 Remote server returned unknown recipient or mailbox unavailable -> 550 5.1.1 User unknown",
        "550 5.1.2 RESOLVER.ADR.InvalidInSmtp; not a valid address",
    ),
    "mailbox_full": (
        "Der Posteingang des Empfängers ist voll.",
        "La boîte de réception du destinataire est pleine et ne peut pas accepter de messages.",
        "El buzón del destinatario está lleno y no puede aceptar mensajes ahora.",
        "La cassetta postale del destinatario è piena.",
        "A caixa postal do destinatário está cheia.",
        "Het postvak van de geadresseerde is vol.",
        "Skrzynka pocztowa adresata jest pełna.",
        "Poštovní schránka příjemce je plná.",
        "Alıcının posta kutusu dolu.",
        "The recipient's mailbox is full and can't accept messages now.",
        "The recipient's inbox is out of storage space.",
        "554 5.2.2 STOREDRV.Deliver.Exception:QuotaExceededException",
    ),
    "blocked": (
        "550 5.7.1 Message rejected as spam by Content Filtering.",
        "550 5.7.708 Service unavailable. Access denied, traffic not accepted from this IP.",
        "550 5.7.64 TenantAttribution; Relay Access Denied",
        "550 5.7.23 The message was rejected because of Sender Policy Framework violation",
        "550 5.7.509 Access denied, sending domain example.org does not pass DMARC verification",
    ),
    "unreachable": ("550 5.4.300 Message expired -> 451 4.4.0 timed out",),
    "disabled": ("550 5.2.0 STOREDRV.Deliver.Exception:AccountDisabledException",),
    "no_such_domain": ("550 5.4.312 DNS query failed -> DnsDomainDoesNotExist",),
}
"""What providers say most often, Microsoft above all, in ten languages."""


@pytest.mark.parametrize("report", REPORTS, ids=lambda report: report.name)
def test_a_report_names_whom_it_did_not_reach_and_whether_for_good(report: Report) -> None:
    read = read_report(report.raw)
    assert read is not None
    assert set(read.recipients) == set(report.recipients)
    assert read.status_class.value == report.status_class


@pytest.mark.parametrize("report", [one for one in REPORTS if one.cause], ids=lambda report: report.name)
def test_it_says_why_whatever_number_stands_beside_the_words(report: Report) -> None:
    read = read_report(report.raw)
    assert read is not None
    assert read.cause.value == report.cause


@pytest.mark.parametrize(
    "status", ["5.0.0", "5.1.1", "5.1.2", "5.1.10", "5.2.1", "5.4.1", "5.4.4", "5.7.1", "4.4.7"]
)
@pytest.mark.parametrize(
    "report", [one for one in REPORTS if "words alone" in one.name], ids=lambda one: one.name
)
def test_words_that_leave_no_doubt_stand_above_any_number(report: Report, status: str) -> None:
    """Said in nine languages, behind whatever number a server chose."""
    words = " ".join(report.raw.decode().partition("\r\n\r\n")[2].split())
    assert cause_of(f"{status} smtp; 550 {status} {words}").value == report.cause


@pytest.mark.parametrize("letter", LETTERS, ids=lambda letter: letter.name)
def test_a_letter_that_is_no_report_is_not_taken_for_one(letter: Report) -> None:
    assert read_report(letter.raw) is None


def test_only_a_server_that_still_tries_is_waited_for() -> None:
    trying = {report.name for report in REPORTS if (read := read_report(report.raw)) and read.still_trying}
    assert trying == {report.name for report in REPORTS if report.name.startswith("delayed:")}


@pytest.mark.parametrize(
    ("said", "cause"), [(one, cause) for cause, several in SAID.items() for one in several], ids=str
)
def test_the_sentences_of_the_commonest_providers_are_understood(said: str, cause: str) -> None:
    assert cause_of(said).value == cause
