"""Messaging decides: is it true, may they, what must follow?

Pure computation. Nothing here opens a socket, reads a clock, or speaks SQL: time, randomness and memory are arguments.

    errors         the tree of refusals; every edge translates it once
    ids            the names of things, each its own type
    people         who signs in, and what they are in a practice
    conversations  who is in care with whom, and sessions in it
    messages       what a person may say, and an entry of the record
    notices        the fixed words we use outside the app
    stored         the values that cross between the acts and memory
    store          what the acts ask of memory (Protocols; `threads` answers)
    office         what every act is handed: memory, keys, clock, randomness

    posting        the one door of every message
    writing        letters, and the mail owed for them
    reading        opening what is sealed, for those who were admitted
    holding_sessions, settling, signing_in, provisioning, overseeing: acts by their names

    mail/          letters by mail: kept, received, screened, delivered
    trust/         access, encryption, passwords, tokens, pace
    care/          promises
"""
