"""Letters that come encrypted or signed: real GnuPG writes them, we read them, and say whose signature it is."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from channels.email.sealing.opening import Check, Signed, Unlock, open_letter
from messaging.arriving.originals import open_original
from messaging.arriving.screening import ANOTHERS, HIDDEN, attach
from messaging.facts import as_texts
from messaging.leaving.keys import practice_key, practice_secret, take_key
from messaging.memory.arriving import OriginalState
from messaging.messages import Entry
from messaging.trust.access import Deed
from messaging.trust.locks import KeySource
from tests.channels.email.post import Post
from tests.peers.gnupg import GnuPG, gnupg
from tests.peers.running import needs
from tests.sizes import size

pytestmark = needs("gpg")
WORDS = "I walked by the frozen lake."
ENTITY = f"Content-Type: text/plain; charset=utf-8\r\nSubject: the lake\r\n\r\n{WORDS}\r\n".encode()
SEALED = {
    "Content_Type": 'multipart/encrypted; protocol="application/pgp-encrypted"; boundary="b1"',
    "MIME_Version": "1.0",
    "Subject": "...",
}


@pytest.fixture(scope="module")
def ruths() -> Iterator[GnuPG]:
    """Ruth's GnuPG, with a key of each kind, and a key of somebody else's."""
    with gnupg() as made:
        yield made


async def prepared(post: Post, ruths: GnuPG, kind: str = "ed25519", *, known: bool = True) -> str:
    """Ruth has a key, and her program knows the practice's. Her fingerprint."""
    email = post.cast["ruth"].email
    assert email is not None
    fingerprint = ruths.key(email, kind=kind)
    if known:
        await take_key(post.cast.office, post.cast["ruth"], ruths.public(fingerprint), KeySource.UPLOAD)
    key = await practice_key(post.cast.office, post.cast.practice)
    ruths.knows(post.cast.office.locksmith.armored(key).encode())
    return fingerprint


async def encrypted(post: Post, ruths: GnuPG, entity: bytes, *flags: str) -> bytes:
    """An entity encrypted to the practice, as gpg writes it."""
    ours = (await practice_key(post.cast.office, post.cast.practice)).fingerprint
    said = ruths.run("--armor", "--encrypt", "--recipient", ours, *flags, given=entity)
    assert said.ok, said.status
    return said.content


def pgp_mime(message: bytes) -> str:
    """The body of a PGP/MIME letter (RFC 3156 4)."""
    parts = (
        "Content-Type: application/pgp-encrypted\n\nVersion: 1\n",
        "Content-Type: application/octet-stream\n\n",
    )
    first, second = parts
    body = f"--b1\n{first}\n--b1\n{second}{message.decode()}\n--b1--"
    return body.replace("\r\n", "\n").replace("\n", "\r\n")


async def arrives(post: Post, body: str, **headers: str) -> list[Entry]:
    """Ruth's program sends it; what the conversation then holds."""
    raw = post.letter("ruth", body, **headers)
    assert (await post.offer(raw, await post.address("ruth"))).startswith("250")
    await post.read_all()
    return await post.entries("ruth")


@pytest.mark.parametrize(
    ("kind", "packing"),
    [("ed25519", "zip"), ("ed25519", "none"), ("rsa2048", "zlib"), ("rsa2048", "none")],
)
async def test_what_gnupg_encrypts_and_signs_is_read(
    post: Post, ruths: GnuPG, kind: str, packing: str
) -> None:
    fingerprint = await prepared(post, ruths, kind)
    flags = ("--sign", "--local-user", fingerprint, "--compress-algo", packing)
    (entry,) = await arrives(post, pgp_mime(await encrypted(post, ruths, ENTITY, *flags)), **SEALED)
    assert entry.body.text.strip() == WORDS
    assert entry.body.subject == "the lake", "the protected one, not the dots outside"
    assert as_texts(entry.body.facts)["openpgp"] == "encrypted by_their_key"
    assert not entry.body.attachments


async def test_the_original_stays_as_it_came(post: Post, ruths: GnuPG) -> None:
    await prepared(post, ruths)
    message = await encrypted(post, ruths, ENTITY)
    (entry,) = await arrives(post, pgp_mime(message), **SEALED)
    assert entry.body.original is not None
    original = await post.cast.office.memory.mailbox.original(post.cast.practice.id, entry.body.original)
    assert original is not None
    _, raw = await open_original(post.cast.office, original)
    assert message.strip().replace(b"\n", b"\r\n") in raw
    assert WORDS.encode() not in raw


async def test_encrypted_and_not_signed_is_said_so(post: Post, ruths: GnuPG) -> None:
    await prepared(post, ruths)
    (entry,) = await arrives(post, pgp_mime(await encrypted(post, ruths, ENTITY)), **SEALED)
    assert entry.body.text.strip() == WORDS
    assert as_texts(entry.body.facts)["openpgp"] == "encrypted not_signed"


@pytest.mark.parametrize("packing", ["none", "zip"])
async def test_who_signs_with_another_key_than_theirs_is_held_and_the_words_stay_locked(
    post: Post, ruths: GnuPG, packing: str
) -> None:
    await prepared(post, ruths)
    other = (
        ruths.key("Somebody <else@mail.example>")
        if not ruths.run("--list-keys", "else@mail.example").ok
        else "else@mail.example"
    )
    flags = ("--sign", "--local-user", other, "--compress-algo", packing)
    assert await arrives(post, pgp_mime(await encrypted(post, ruths, ENTITY, *flags)), **SEALED) == []
    (held,) = await post.screener()
    assert (held.reason, held.preview, held.subject) == (ANOTHERS, HIDDEN, "")
    allowed, _ = await post.cast.enter("mira", "ruth", Deed.SETTLE)
    await attach(post.cast.office, allowed, held.id)
    (entry,) = await post.entries("ruth")
    assert entry.body.text.strip() == WORDS
    assert as_texts(entry.body.facts)["openpgp"] == "encrypted by_another"


@pytest.mark.parametrize("packed_anew", [False, True])
async def test_nobody_has_a_letter_opened_that_somebody_else_has_sent(
    post: Post, ruths: GnuPG, packed_anew: bool
) -> None:
    await prepared(post, ruths, known=False)
    caught = await encrypted(post, ruths, ENTITY)
    assert len(await arrives(post, pgp_mime(caught), **SEALED)) == 1
    if packed_anew:
        opened = ruths.run("--dearmor", given=caught).content
        marker = b"\xca\x03PGP"  # a packet that says nothing (RFC 9580 5.8)
        armored = ruths.run("--enarmor", given=marker + opened).content
        caught = armored.replace(b"ARMORED FILE", b"MESSAGE")
    raw = post.letter("linden", pgp_mime(caught), **SEALED)
    assert (await post.offer(raw, await post.address("linden"))).startswith("250")
    await post.read_all()
    assert await post.entries("linden") == []
    (held,) = await post.screener()
    assert (held.reason, held.preview) == (ANOTHERS, HIDDEN)


async def test_another_writer_named_inside_is_believed_before_the_one_outside(
    post: Post, ruths: GnuPG
) -> None:
    await prepared(post, ruths, known=False)
    inside = b"From: Tess <tess@mail.example>\r\n" + ENTITY
    assert await arrives(post, pgp_mime(await encrypted(post, ruths, inside)), **SEALED) == []
    (held,) = await post.screener()
    assert held.reason == ANOTHERS


async def test_without_a_key_of_theirs_no_signature_is_believed(post: Post, ruths: GnuPG) -> None:
    fingerprint = await prepared(post, ruths, known=False)
    message = await encrypted(post, ruths, ENTITY, "--sign", "--local-user", fingerprint)
    (entry,) = await arrives(post, pgp_mime(message), **SEALED)
    assert entry.body.text.strip() == WORDS
    assert as_texts(entry.body.facts)["openpgp"] == "encrypted by_another"


async def test_signed_first_and_encrypted_after_is_read(post: Post, ruths: GnuPG) -> None:
    fingerprint = await prepared(post, ruths)
    inside = signed_mime(ruths, fingerprint, ENTITY)
    (entry,) = await arrives(post, pgp_mime(await encrypted(post, ruths, inside)), **SEALED)
    assert entry.body.text.strip() == WORDS
    assert as_texts(entry.body.facts)["openpgp"] == "encrypted by_their_key"


def signed_mime(ruths: GnuPG, fingerprint: str, entity: bytes) -> bytes:
    """An entity with its signature beside it (RFC 3156 5)."""
    said = ruths.run("--armor", "--detach-sign", "--local-user", fingerprint, given=entity)
    assert said.ok, said.status
    signature = said.content.replace(b"\n", b"\r\n")
    head = b'Content-Type: multipart/signed; protocol="application/pgp-signature"; boundary="s1"\r\n\r\n'
    part = b"Content-Type: application/pgp-signature\r\n\r\n" + signature
    return head + b"--s1\r\n" + entity + b"\r\n--s1\r\n" + part + b"\r\n--s1--\r\n"


@pytest.mark.parametrize("changed", [False, True])
async def test_a_letter_signed_only_is_read_and_checked(post: Post, ruths: GnuPG, changed: bool) -> None:
    fingerprint = await prepared(post, ruths)
    whole = signed_mime(ruths, fingerprint, ENTITY)
    body = whole.partition(b"\r\n\r\n")[2].decode()
    if changed:
        body = body.replace("frozen", "melted")
    kind = 'multipart/signed; protocol="application/pgp-signature"; boundary="s1"'
    (entry,) = await arrives(post, body.removesuffix("\r\n"), Content_Type=kind, MIME_Version="1.0")
    assert entry.body.text.strip() == (WORDS.replace("frozen", "melted") if changed else WORDS)
    assert as_texts(entry.body.facts)["openpgp"] == ("does_not_fit" if changed else "by_their_key")
    assert "not checked" not in as_texts(entry.body.facts).get("notes", "")


async def test_what_stands_beside_signed_words_is_not_shown_as_signed(post: Post, ruths: GnuPG) -> None:
    fingerprint = await prepared(post, ruths)
    body = signed_mime(ruths, fingerprint, ENTITY).partition(b"\r\n\r\n")[2].decode()
    more = "--s1\r\nContent-Type: text/plain\r\n\r\nPlease pay to this account.\r\n--s1--"
    kind = 'multipart/signed; protocol="application/pgp-signature"; boundary="s1"'
    headers = {"Content_Type": kind, "MIME_Version": "1.0"}
    (entry,) = await arrives(post, body.removesuffix("--s1--\r\n") + more, **headers)
    assert as_texts(entry.body.facts).get("openpgp") is None
    inside = (
        f"Content-Type: {kind}\r\n\r\n".encode() + body.removesuffix("--s1--\r\n").encode() + more.encode()
    )
    (_, entry) = await arrives(post, pgp_mime(await encrypted(post, ruths, inside)), **SEALED)
    assert as_texts(entry.body.facts)["openpgp"] == "encrypted not_signed"


@pytest.mark.parametrize("changed", [False, True])
async def test_words_signed_in_clear_are_read(post: Post, ruths: GnuPG, changed: bool) -> None:
    fingerprint = await prepared(post, ruths)
    said = ruths.run("--clear-sign", "--local-user", fingerprint, given=f"{WORDS}\n".encode())
    body = said.content.decode()
    if changed:
        body = body.replace("frozen", "melted")
    (entry,) = await arrives(post, body.replace("\n", "\r\n"))
    assert as_texts(entry.body.facts)["openpgp"] == ("does_not_fit" if changed else "by_their_key")
    assert ("melted" if changed else WORDS) in entry.body.text
    assert changed or "PGP" not in entry.body.text


async def test_words_encrypted_without_mime_are_read(post: Post, ruths: GnuPG) -> None:
    fingerprint = await prepared(post, ruths)
    message = await encrypted(post, ruths, f"{WORDS}\n".encode(), "--sign", "--local-user", fingerprint)
    (entry,) = await arrives(post, message.decode().replace("\n", "\r\n"))
    assert entry.body.text.strip() == WORDS
    assert as_texts(entry.body.facts)["openpgp"] == "encrypted by_their_key"


async def test_a_letter_as_thunderbird_writes_it(post: Post, ruths: GnuPG) -> None:
    fingerprint = await prepared(post, ruths)
    email = post.cast["ruth"].email
    inside = (
        'Content-Type: multipart/mixed; boundary="------------a1"; protected-headers="v1"\r\n'
        f"Subject: =?UTF-8?Q?=C3=BCber_den_See?=\r\nFrom: Ruth <{email}>\r\nTo: reply@x.example\r\n"
        "Message-ID: <inner@mail.example>\r\n\r\n"
        '--------------a1\r\nContent-Type: multipart/mixed; boundary="------------a2"\r\n\r\n'
        "--------------a2\r\nContent-Type: text/plain; charset=UTF-8; format=flowed\r\n"
        f"Content-Transfer-Encoding: base64\r\n\r\nSSB3YWxrZWQgYnkgdGhlIGZyb3plbiBsYWtlLgo=\r\n\r\n"
        '--------------a2\r\nContent-Type: application/pgp-keys; name="OpenPGP_0x1.asc"\r\n'
        'Content-Disposition: attachment; filename="OpenPGP_0x1.asc"\r\n\r\n'
        f"{ruths.public(fingerprint).decode()}\r\n--------------a2--\r\n\r\n--------------a1--\r\n"
    ).encode()
    message = await encrypted(post, ruths, inside, "--sign", "--local-user", fingerprint)
    (entry,) = await arrives(post, pgp_mime(message), **SEALED)
    assert entry.body.text.strip() == WORDS
    assert entry.body.subject == "über den See"
    assert [one.name for one in entry.body.attachments] == ["OpenPGP_0x1.asc"]
    assert as_texts(entry.body.facts)["openpgp"] == "encrypted by_their_key"
    assert as_texts(entry.body.facts).get("message_id") != "inner@mail.example", (
        "who and what stays as it was judged"
    )


async def test_parts_that_exchange_has_renamed_are_read(post: Post, ruths: GnuPG) -> None:
    await prepared(post, ruths)
    body = pgp_mime(await encrypted(post, ruths, ENTITY))
    (entry,) = await arrives(post, body, **{**SEALED, "Content_Type": 'multipart/mixed; boundary="b1"'})
    assert entry.body.text.strip() == WORDS


async def test_words_put_around_the_locked_ones_are_not_shown(post: Post, ruths: GnuPG) -> None:
    await prepared(post, ruths)
    body = pgp_mime(await encrypted(post, ruths, ENTITY))
    kind = SEALED["Content_Type"]
    first = "--b0\r\nContent-Type: text/plain\r\n\r\nPut in on the way.\r\n"
    around = f"{first}--b0\r\nContent-Type: {kind}\r\n\r\n{body}\r\n--b0--"
    (entry,) = await arrives(post, around, Content_Type='multipart/mixed; boundary="b0"', MIME_Version="1.0")
    assert entry.body.text.strip() == WORDS


@pytest.mark.parametrize("what", ["changed", "for another", "no message"])
async def test_what_cannot_be_opened_is_held_as_encrypted(post: Post, ruths: GnuPG, what: str) -> None:
    fingerprint = await prepared(post, ruths)
    message = await encrypted(post, ruths, ENTITY)
    if what == "changed":
        lines = message.split(b"\n")
        lines[8] = lines[8][::-1]
        message = b"\n".join(line for line in lines if not line.startswith(b"="))
    if what == "for another":
        message = ruths.run("--armor", "--encrypt", "--recipient", fingerprint, given=ENTITY).content
    if what == "no message":
        message = b"-----BEGIN PGP MESSAGE-----\n\nAAAA\n-----END PGP MESSAGE-----\n"
    assert await arrives(post, pgp_mime(message), **SEALED) == []
    (held,) = await post.screener()
    assert held.reason == "encrypted"


async def test_what_unfolds_beyond_every_limit_is_held(post: Post, ruths: GnuPG, tmp_path: Path) -> None:
    await prepared(post, ruths)
    large = tmp_path / "large"
    large.touch()
    os.truncate(large, 700_000_000)
    ours = (await practice_key(post.cast.office, post.cast.practice)).fingerprint
    said = ruths.run("--armor", "--output", "-", "--recipient", ours, "--encrypt", str(large))
    assert len(said.content) < 2_000_000
    assert await arrives(post, pgp_mime(said.content), **SEALED) == []
    (held,) = await post.screener()
    assert held.reason == "encrypted"


async def test_a_good_signature_does_not_stand_in_for_the_sender(post: Post, ruths: GnuPG) -> None:
    fingerprint = await prepared(post, ruths)
    message = await encrypted(post, ruths, ENTITY, "--sign", "--local-user", fingerprint)
    email = post.cast["ruth"].email
    head = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in SEALED.items())
    raw = f"From: <{email}>\r\n{head}\r\n{pgp_mime(message)}\r\n".encode()
    assert (await post.offer(raw, await post.address("ruth"))).startswith("250")
    await post.read_all()
    assert await post.entries("ruth") == []
    assert (await post.counts())[OriginalState.HELD] == 1


async def test_no_octets_make_the_opener_raise(post: Post, ruths: GnuPG) -> None:
    fingerprint = await prepared(post, ruths)
    secret = await practice_secret(post.cast.office, post.cast.practice)
    theirs = ruths.public(fingerprint)
    whole = await encrypted(post, ruths, ENTITY, "--no-armor", "--sign", "--local-user", fingerprint)
    assert open_letter(Unlock(whole, secret, theirs)).signed is Signed.BY_THEIR_KEY
    for place in range(0, len(whole), size(23, 1)):
        for made in (whole[:place], whole[:place] + bytes([whole[place] ^ 0x55]) + whole[place + 1 :]):
            told = open_letter(Unlock(made, secret, theirs))
            assert told.content is None or told.content == ENTITY
            open_letter(Check(made, b"", theirs))
            open_letter(Check(ENTITY, made, theirs))


def test_questions_and_answers_do_not_print() -> None:
    shown = f"{Unlock(b'canary', b'canary', b'canary')!r}{Check(b'canary', b'canary', b'canary')!r}"
    assert "canary" not in shown
    assert "canary" not in repr(open_letter(Check(b"canary", b"", b"")))
