"""An account at a provider, as the operator says it: what follows from its address, and each contradiction in one line."""

from pathlib import Path

import pytest

from web.settings import BadSettings, MailSettings, read_settings

ACCOUNT = "practice@provider.example"
OAUTH = {"OAUTH": "google", "OAUTH_CLIENT": "app.example"}
IMAP, RELAY = (
    "imaps://practice%40provider.example@imap.provider.example",
    "smtps://practice@smtp.provider.example",
)


def mail(**given: str) -> MailSettings:
    return read_settings({f"QUIETLINE_{name}": value for name, value in given.items()}).mail


def mistakes(**given: str) -> list[str]:
    with pytest.raises(BadSettings) as wrong:
        mail(**given)
    return str(wrong.value).splitlines()


def test_domain_and_reply_addresses_follow_from_the_sender() -> None:
    found = mail(SENDER=ACCOUNT)
    assert (found.sender, found.domain) == (ACCOUNT, "provider.example")
    assert found.reply_address == "practice+{token}@provider.example"
    assert mail(SENDER=ACCOUNT, REPLY_ADDRESS=ACCOUNT).reply_address == ACCOUNT
    assert mail(SENDER=ACCOUNT, REPLY_ADDRESS="r{token}@{domain}").reply_address == "r{token}@{domain}"
    assert mail(SENDER=ACCOUNT, MAIL_DOMAIN="care.example").domain == "care.example"
    assert mail().sender is None


@pytest.mark.parametrize(
    ("given", "named", "says"),
    [
        ({"SENDER": "Practice <a@b.example>"}, "SENDER", "without a name"),
        ({"SENDER": "nobody"}, "SENDER", "without a name"),
        ({"SENDER": f"{'x' * 40}@provider.example"}, "SENDER", "too long"),
        ({"REPLY_ADDRESS": ACCOUNT}, "REPLY_ADDRESS", "{token}"),
        ({"SENDER": ACCOUNT, "REPLY_ADDRESS": "other@provider.example"}, "REPLY_ADDRESS", "{token}"),
        ({"OAUTH": "google"}, "OAUTH", "needs QUIETLINE_OAUTH_CLIENT"),
        ({"OAUTH_CLIENT": "app"}, "OAUTH_CLIENT", "needs QUIETLINE_OAUTH too"),
        ({"OAUTH_SECRET": "word"}, "OAUTH_SECRET", "needs QUIETLINE_OAUTH too"),
        ({"OAUTH_SCOPE": "mail"}, "OAUTH_SCOPE", "needs QUIETLINE_OAUTH too"),
        ({"OAUTH_CONSENT_FILE": "/x"}, "OAUTH_CONSENT_FILE", "needs QUIETLINE_OAUTH too"),
        ({**OAUTH, "OAUTH_CLIENT": "two words"}, "OAUTH_CLIENT", "without blanks"),
        ({**OAUTH, "OAUTH": "yahoo"}, "OAUTH", "write it as google"),
        ({**OAUTH, "OAUTH": "microsoft"}, "OAUTH", "write it as google"),
        ({**OAUTH, "OAUTH": "microsoft:a/b"}, "OAUTH", "the tenant is"),
        ({**OAUTH, "OAUTH": "http://tokens.example/token"}, "OAUTH", "secrets must travel by https"),
        ({**OAUTH, "OAUTH": "https://me:word@tokens.example/token"}, "OAUTH", "write it as google"),
        ({**OAUTH, "OAUTH": "https://tokens.example:x/token"}, "OAUTH", "write it as google"),
        ({**OAUTH, "OAUTH": "microsoft-app:tenant"}, "OAUTH", "needs QUIETLINE_OAUTH_SECRET"),
        ({**OAUTH, "IMAP_URL": IMAP.replace("@", ":word@", 1)}, "IMAP_URL", "has a password, and QUIETLINE_OAUTH"),
        ({**OAUTH, "RELAY_URL": RELAY.replace("@", ":word@", 1)}, "RELAY_URL", "has a password, and QUIETLINE_OAUTH"),
        ({**OAUTH, "RELAY_URL": "smtp://me@relay.example", "RELAY_PLAIN": "relay.example"}, "RELAY_URL", "in the open"),
        ({**OAUTH, "IMAP_URL": "imaps://a%01b@imap.provider.example"}, "IMAP_URL", "nobody can see"),
        ({"IMAP_URL": IMAP}, "IMAP_URL", "no password, and QUIETLINE_OAUTH does not say"),
        ({**OAUTH, "OAUTH_SECRET": "a", "OAUTH_SECRET_FILE": "/x"}, "OAUTH_SECRET", "QUIETLINE_OAUTH_SECRET_FILE too"),
        ({**OAUTH, "OAUTH_SECRET_FILE": "/not/there"}, "OAUTH_SECRET_FILE", "/not/there cannot be read"),
    ],
)  # fmt: skip
def test_each_contradiction_is_one_line_that_names_the_setting(
    given: dict[str, str], named: str, says: str
) -> None:
    (line,) = mistakes(**given)
    assert line.startswith(f"QUIETLINE_{named}: ")
    assert says in line
    assert "word" not in line.replace("password", "")


def test_mailbox_and_relay_are_signed_in_to_without_a_password() -> None:
    found = mail(**OAUTH, IMAP_URL=IMAP, RELAY_URL=RELAY)
    assert found.imap is not None
    assert found.relay is not None
    assert (found.imap.username, found.imap.password) == (ACCOUNT, "")
    assert (found.relay.username, found.relay.password) == ("practice", None)
    ours = mail(**OAUTH, IMAP_URL=IMAP, RELAY_URL="smtp://127.0.0.1")  # a relay of our own asks for nobody
    assert ours.relay is not None
    assert ours.relay.username is None


def test_the_secret_may_stand_in_a_file_and_nothing_of_it_prints(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("  open sesame\n")
    found = mail(**OAUTH, OAUTH_SECRET_FILE=str(tmp_path / "secret"), DATA_DIR=str(tmp_path))
    assert found.oauth is not None
    assert found.oauth.secret == "open sesame"
    assert found.oauth.consent == tmp_path / "mail.consent"
    assert "sesame" not in repr(found)


def test_each_provider_has_its_places() -> None:
    google, tenant, app, other = (
        mail(OAUTH=name, OAUTH_CLIENT="app", OAUTH_SECRET="a secret").oauth
        for name in ("google", "microsoft:care.example", "microsoft-app:care.example", "http://127.0.0.1:9/token")
    )  # fmt: skip
    assert google is not None
    assert tenant is not None
    assert app is not None
    assert other is not None
    assert google.provider.scope == "https://mail.google.com/"
    assert tenant.provider.endpoint == "https://login.microsoftonline.com/care.example/oauth2/v2.0/token"
    assert "offline_access" in tenant.provider.scope
    assert (app.provider.by_itself, app.provider.page) == (True, None)
    assert (other.provider.endpoint, other.provider.page) == ("http://127.0.0.1:9/token", None)
