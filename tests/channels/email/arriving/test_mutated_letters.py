"""Letters cut, spliced, flipped, nested and repeated: each is read within its limits, and none breaks the record."""

import json
import subprocess
import sys

from messaging.facts import as_texts
from messaging.memory.arriving import OriginalState
from tests.bench.hostile_mail import hostile_words, own_mails
from tests.bench.mutations import mutations
from tests.channels.email.arriving.test_every_letter_counted import (
    EDGE,
    Offer,
    as_from,
    every_entry,
    offer_all,
    post,
)
from tests.channels.email.post import Post
from tests.sizes import size

__all__ = ["EDGE", "post"]


def test_no_mutation_raises_hangs_or_takes_the_memory_of_others() -> None:
    count = size(300, 10_000)
    command = [sys.executable, "-m", "tests.bench.hostile_mail", "--mutations", str(count)]
    told = json.loads(subprocess.run(command, capture_output=True, check=True, text=True).stdout)
    assert told["read"] > count
    assert (told["raised"], told["slow"], told["broken"], told["lost"], told["empty"]) == (0, 0, 0, 0, 0)
    assert told["megabytes"] <= 200
    assert told["ms_p99"] < 250


async def test_no_nul_and_no_half_character_enters_the_record(post: Post) -> None:
    ruth, email = await post.address("ruth"), post.cast["ruth"].email
    mails = [*hostile_words(), *mutations(own_mails()[5:], size(60, 600), seed=17)]
    offers = [
        Offer(as_from(email, mail.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")), ruth) for mail in mails
    ]
    codes = await offer_all(post, offers)
    await post.read_all()
    counts = await post.counts()
    assert OriginalState.RECEIVED not in counts
    assert sum(counts.values()) == codes["250"]
    assert counts[OriginalState.DELIVERED] > len(mails) // 3
    for entry in await every_entry(post, "ruth"):
        body = entry.body
        names = [name for one in body.attachments for name in (one.name, one.content_type)]
        for words in (
            body.text,
            body.folded or "",
            body.subject or "",
            *as_texts(body.facts).values(),
            *names,
        ):
            assert "\0" not in words
            words.encode("utf-8")
    for held in await post.screener():
        f"{held.sender}{held.subject}{held.preview}{held.enclosures}".encode()
