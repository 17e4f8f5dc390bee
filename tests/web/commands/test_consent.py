"""`quietline mail consent`: a yes is kept, and everything else leaves what was kept as it was."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from tests.peers.token_server import CLIENT, SECRET, TokenServer, token_server
from tests.web.commands.consenting import asked, begun, finished
from web.cli import main
from web.oauth.asking import BACK, NotGiven, ask_at, code_of, granted, keep
from web.oauth.kept import read_consent, write_consent
from web.oauth.providers import GOOGLE, Provider, Terms


@dataclass
class Desk:
    """A provider, and the settings with it."""

    server: TokenServer
    here: Path
    settings: dict[str, str] = field(default_factory=dict)

    @property
    def kept(self) -> Path:
        return self.here / "mail.consent"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with token_server() as server:
        yield Desk(
            server,
            tmp_path,
            {
                "QUIETLINE_DATA_DIR": str(tmp_path),
                "QUIETLINE_OAUTH": server.endpoint,
                "QUIETLINE_OAUTH_CLIENT": CLIENT,
                "QUIETLINE_OAUTH_SECRET": SECRET,
                "QUIETLINE_SENDER": "practice@provider.example",
            },
        )


def typed(desk: Desk, answer: str | None = None, **other: str) -> "tuple[int, str, str]":
    """What it says; `answer` None: the address the browser ends at."""
    command, page = begun(desk.settings | other, f"{desk.server.base}/authorize")
    question = asked(page)
    code = desk.server.book.code(question["code_challenge"])
    right = f"{BACK}/?{urlencode({'code': code, 'state': question['state'], 'session': 'x'})}"
    return finished(command, right if answer is None else answer)


def test_a_yes_is_kept_for_the_owner_alone_and_not_shown(desk: Desk) -> None:
    status, out, err = typed(desk)
    assert (status, "Kept in" in out) == (0, True), err
    assert read_consent(desk.kept) in desk.server.book.consents
    assert desk.kept.stat().st_mode & 0o777 == 0o600
    assert not [one for one in (*desk.server.book.given, SECRET) if one in out + err]


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        ("", "not the address this question led to"),
        ("nonsense", "not the address this question led to"),
        ("http://[", "not the address this question led to"),
        (f"{BACK}/?code=abc", "not the address this question led to"),
        (f"{BACK}/?code=abc&state=another", "not the address this question led to"),
        (f"{BACK}/?code=abc&state=\u00e4", "not the address this question led to"),
        (f"{BACK}/?error=access_denied", "did not agree"),
        (f"{BACK}/?state=AAAAAAAAAAAAAAAAAAAAAA", "holds no answer"),
    ],
)
def test_what_is_no_answer_to_it_is_said(tmp_path: Path, answer: str, says: str) -> None:
    question = ask_at(
        str(GOOGLE.page), Terms(GOOGLE, "app", tmp_path / "consent"), None, bytes(32), bytes(16)
    )
    with pytest.raises(NotGiven, match=says):
        code_of(answer, question)


def test_whatever_else_is_pasted_the_former_consent_stays(desk: Desk) -> None:
    write_consent(desk.kept, "the former")
    status, out, err = typed(desk, "nonsense")
    assert (status, out) == (1, "")
    assert "start again" in err.splitlines()[-1]
    assert read_consent(desk.kept) == "the former"
    assert not desk.server.book.asked


def test_a_code_that_is_not_ours_a_wrong_secret_and_what_does_not_last_are_no_consent(desk: Desk) -> None:
    terms = Terms(Provider(desk.server.endpoint), CLIENT, desk.kept, SECRET)
    question = ask_at("https://p.example/", terms, None, bytes(32), bytes(16))
    book = desk.server.book
    with pytest.raises(NotGiven, match="start again"):
        granted(terms, question, book.code("somebody else's challenge"))
    with pytest.raises(NotGiven, match="does not know this application"):
        granted(replace(terms, secret="wrong"), question, book.code(asked(question.page)["code_challenge"]))
    book.scripted = [(200, b'{"access_token": "abc", "token_type": "Bearer"}')]
    with pytest.raises(NotGiven, match="none that lasts"):
        keep(terms, granted(terms, question, "code"))
    assert not desk.kept.exists()


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({}, "QUIETLINE_OAUTH is not set"),
        ({"QUIETLINE_OAUTH": "https://t.example/token", "QUIETLINE_OAUTH_CLIENT": "a"}, "give one by --page"),
        (
            {
                "QUIETLINE_OAUTH": "microsoft-app:t",
                "QUIETLINE_OAUTH_CLIENT": "a",
                "QUIETLINE_OAUTH_SECRET": "b",
            },
            "needs nobody's consent",
        ),
    ],
)
def test_where_there_is_nothing_to_ask_it_says_so(
    settings: dict[str, str], says: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("web.cli_commands.set_up_logging", lambda _: None)
    for name in [name for name in os.environ if name.startswith("QUIETLINE_")]:
        monkeypatch.delenv(name)
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    assert main(["mail", "consent"]) == 1
    said = capsys.readouterr()
    assert (said.out, says in said.err, said.err.count("\n")) == ("", True, 1)


def test_google_is_asked_for_what_lasts_and_for_the_account(tmp_path: Path) -> None:
    terms = Terms(GOOGLE, "app", tmp_path / "consent")
    question = ask_at(str(GOOGLE.page), terms, "practice@provider.example", bytes(32), bytes(16))
    said = {name: one for name, (one,) in parse_qs(urlsplit(question.page).query).items()}
    assert said["access_type"] == "offline"
    assert said["login_hint"] == "practice@provider.example"
    assert said["scope"] == "https://mail.google.com/"
    assert said["redirect_uri"] == BACK
    assert question.verifier not in question.page
    assert code_of(f" {BACK}/?state={question.state}&code=4%2Fabc \n", question) == "4/abc"
