"""A conversation as a row of its reader's inbox: the same in the API and in the frame that tells of a change."""

from datetime import datetime
from typing import Any

from channels.chat.frames import moment, session
from messaging.conversations import EnquiryState
from messaging.inbox.listing import InboxLine
from messaging.messages import Entry


def row(line: InboxLine, now: datetime) -> dict[str, Any]:
    """A conversation as its reader's lists show it."""
    conversation = line.conversation
    promise, waiting = line.promise, conversation.waiting_since
    return {
        "id": str(conversation.id),
        "name": line.circle.title(),
        "kind": "enquiry" if conversation.enquiry is EnquiryState.OPEN else conversation.kind,
        "members": [{"id": str(p.id), "name": p.name, "role": p.role} for p in line.circle.people.values()],
        "last": conversation.last_number,
        "last_at": moment(conversation.last_at) if conversation.last_at else None,
        "unread": line.unread,
        "waiting_since": moment(waiting) if waiting else None,
        "promise": moment(promise) if promise else None,
        "ended_at": moment(conversation.ended_at) if conversation.ended_at else None,
        "after_end": line.after_end,
        "held": _held(line),
        "last_message": None if line.last is None else _opening(line.last),
        "session": _session(line, now),
        **_arranged(line, now),
    }


def _arranged(line: InboxLine, now: datetime) -> dict[str, Any]:
    """For clinicians alone: how they have arranged it among themselves."""
    if line.arranged is None:
        return {}
    until, assignee = line.snoozed_until(now), line.arranged.assignee
    return {
        "raised_at": moment(line.raised_at) if line.raised_at else None,
        "labels": list(line.arranged.labels),
        "snoozed_until": moment(until) if until else None,
        "assignee": str(assignee) if assignee else None,
    }


def _held(line: InboxLine) -> dict[str, Any] | None:
    """For clinicians: a letter that may be the client's waits in the screener, and until when it would be answered."""
    if line.held is None:
        return None
    promise = line.held.promise
    return {
        "since": moment(line.held.since),
        "promise": moment(promise) if promise else None,
    }


def _opening(entry: Entry) -> dict[str, Any]:
    return {
        "number": entry.number,
        "channel": entry.channel,
        "author": str(entry.author),
        "text": entry.body.text[:200],
        "at": moment(entry.at),
    }


def _session(line: InboxLine, now: datetime) -> dict[str, Any] | None:
    live = line.conversation.live
    return session(live, now, line.conversation.rules) if live else None
