"""Messaging decides: is it true, may they, what must follow?

Pure computation. Nothing here opens a socket, reads a clock, or speaks SQL: time, randomness and memory are arguments.

    errors         the tree of refusals; every edge translates it once
    ids addresses people details conversations messages
                   the nouns: who and what, and how a person's sealed details are written
    facts          what an entry says beside its words, and how that is written
    office         what every act is handed: memory, keys, clock, randomness
    faults         where something unforeseen went wrong, without what it said
    keeping        what a loop that runs for ever is handed to (`web.keeping`)
    undoing slips  what a stray key did, taken back within half a minute

    record/        posting, the one door of every message; reading, following, amending
    letters/       letters being written: drafts, planned, sent
    arriving/      letters by mail: kept, received, screened
    leaving/       mail that is owed: made, delivered, promises and receipts
    sessions/      therapy sessions: agreed, held, ended
    entrance/      signing in, known devices, second factors
    practice/      a practice founded, peopled, overseen
    inbox/         who waits longest, and what is held of each conversation
    trust/         access, roles, encryption, seams and alarms, passwords, tokens, pace
    memory/        what the acts ask of memory, a file a subject; `threads` answers

The rooms of all floors side by side: docs/house.md.
"""
