"""`quietline breach report`: who could have read what, from when until when."""

import argparse
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from messaging.ids import SYSTEM, ConversationId, PersonId, parse_uuid
from messaging.practice.founding import practice_by_slug
from messaging.practice.operating import person_called
from messaging.trail.breach import About, Report, report
from messaging.trust.noted import act_of
from web.commands.acts import print_line, say
from web.commands.reasons import CommandFailed, reason_of
from web.commands.whole_files import whole_file
from web.house import house
from web.settings import Settings
from web.state import House

Command = Callable[..., argparse.ArgumentParser]


def commands(below: "argparse._SubParsersAction[argparse.ArgumentParser]", command: Command) -> None:
    """Adds it."""
    breach = below.add_parser("breach", help="when records may have been read").add_subparsers(
        dest="act", required=True
    )
    made = command(breach, "report", make, "who could have read what, from when until when", migrates=False)
    made.add_argument("--person", metavar="USERNAME", help="a client's record, or what somebody could read")
    made.add_argument("--conversation", metavar="ID", help="one conversation")
    made.add_argument("--practice", metavar="SLUG", help="all of a practice, or whose --person it is")
    made.add_argument(
        "--from", dest="since", metavar="TIME", required=True, help="2026-11-28 or 2026-11-28T14:00"
    )
    made.add_argument(
        "--until", metavar="TIME", required=True, help="before this time; without a zone the practice's"
    )
    made.add_argument(
        "-o", dest="output", metavar="FILE", help="as JSON into a file that only its owner reads"
    )
    made.add_argument("--reason", help="for the audit trail (asked for on a terminal); name nobody in it")


async def make(settings: Settings, given: argparse.Namespace) -> int:
    """The report, for reading, as JSON, or into a file."""
    if (given.person and given.conversation) or not (given.person or given.conversation or given.practice):
        raise CommandFailed("say about what: --person USERNAME, --conversation ID, or --practice SLUG")
    times = _time("--from", given.since), _time("--until", given.until)
    reason = reason_of(given)
    async with house(settings, beside=True) as built:
        found = await report(built.office, await _about(built, given, *times), reason)
    if given.output:
        with whole_file(Path(given.output)) as into:
            into.write(json.dumps(as_json(found), ensure_ascii=False, indent=1).encode() + b"\n")
        print_line(f"{given.output}: {_counts(found)}")
    elif given.json:
        say(as_json(found))
    else:
        for line in as_text(found):
            print_line(line)
    return 0


def _time(flag: str, raw: str) -> datetime:
    try:
        return datetime.fromisoformat(raw)
    except ValueError:
        raise CommandFailed(f"{flag} is a day or a time, like 2026-11-28 or 2026-11-28T14:00") from None


async def _about(built: House, given: argparse.Namespace, since: datetime, until: datetime) -> About:
    if given.conversation:
        named = parse_uuid(given.conversation)
        if named is None:
            raise CommandFailed("--conversation is an id")
        return About(since, until, conversation=ConversationId(named))
    if given.person:
        practice, person = await person_called(built.office, given.person, given.practice)
        return About(since, until, practice, person)
    practice_of = await practice_by_slug(built.office, given.practice)
    if practice_of is None:
        raise CommandFailed(f"--practice: there is no practice {given.practice}")
    return About(since, until, practice_of)


def as_json(found: Report) -> dict[str, Any]:
    """Ids, times in UTC, counts, and what people are called."""
    return {
        "practice": str(found.window.practice),
        "from": _at(found.window.since),
        "until": _at(found.window.until),
        "made": _at(found.made),
        "people": [{"id": str(one.id), "name": one.name, "role": one.role} for one in found.names.values()],
        "conversations": [_conversation(found, one) for one in found.conversations],
        "sign_ins": [
            {
                "person": str(one.person),
                "kind": one.kind,
                "device": one.device,
                "from": _at(one.begun),
                "last_seen": _at(one.seen),
                "until": _at(one.ends),
            }
            for one in found.sign_ins
        ],
        "acts": [
            {
                "at": _at(line.at),
                "by": str(line.actor),
                "act": line.action.partition(": ")[0],
                "reason": act_of(line.action)[1],
                "about": str(line.subject) if line.subject else None,
                "way": line.door,
            }
            for line in found.acts
        ],
        "more_acts": found.more_acts,
    }


def _conversation(found: Report, conversation: ConversationId) -> dict[str, Any]:
    spans = [one for one in found.spans if one.conversation == conversation]
    return {
        "id": str(conversation),
        "kind": spans[0].kind,
        "members": [
            {
                "person": str(one.person),
                "role": one.role,
                "from": _at(one.joined),
                "until": _at(one.left) if one.left else None,
                "readable": one.readable,
                "written_then": one.written,
            }
            for one in spans
        ],
        "opened": [
            {
                "person": str(one.person),
                "way": one.door,
                "times": one.times,
                "first": _at(one.first),
                "last": _at(one.last),
            }
            for one in found.openings
            if one.conversation == conversation
        ],
    }


def _at(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")


def as_text(found: Report) -> list[str]:
    """For reading."""
    lines = [f"from {_at(found.window.since)} until {_at(found.window.until)}: {_counts(found)}"]
    for conversation in found.conversations:
        told = _conversation(found, conversation)
        lines.append(f"conversation {conversation} ({told['kind']})")
        for one in found.spans:
            if one.conversation == conversation:
                until = f"until {_at(one.left)}" if one.left else "until now"
                lines.append(
                    f"  {_name(found, one.person)}, {one.role}: could read {one.readable} entries, "
                    f"{one.written} of them written then; member from {_at(one.joined)} {until}"
                )
        for seen in found.openings:
            if seen.conversation == conversation:
                lines.append(
                    f"  opened by {_name(found, seen.person)}, {seen.times} times, "
                    f"{_at(seen.first)} to {_at(seen.last)}{f', {seen.door}' if seen.door else ''}"
                )
    lines += [
        f"sign-in of {_name(found, one.person)} ({one.kind}, {one.device or 'unknown'}): "
        f"{_at(one.begun)} to {_at(one.ends)}, last seen {_at(one.seen)}"
        for one in found.sign_ins
    ]
    for line in found.acts:
        act, reason = line.action.partition(": ")[0], act_of(line.action)[1]
        about = f" about {_name(found, line.subject)}" if line.subject else ""
        why = f" ({reason})" if reason else ""
        lines.append(f"{_at(line.at)} {_name(found, line.actor)}: {act}{about}{why}")
    return [*lines, "there are more acts than a report names"] if found.more_acts else lines


def _counts(found: Report) -> str:
    people = {one.person for one in found.spans}
    return (
        f"{len(found.conversations)} conversations, {len(people)} people who could read, "
        f"{len(found.sign_ins)} sign-ins and tokens, {sum(one.times for one in found.openings)} openings, "
        f"{len(found.acts)} acts"
    )


def _name(found: Report, who: UUID) -> str:
    if who == SYSTEM:
        return "whoever runs the server"
    person = found.names.get(PersonId(who))
    return f"{person.name} ({who})" if person else str(who)
