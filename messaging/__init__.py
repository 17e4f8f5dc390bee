"""Messaging decides: is it true, may they, what must follow?

Pure computation. Nothing here opens a socket, reads a clock, or speaks SQL: time, randomness and memory are arguments.

    errors         the tree of refusals; every edge translates it once
    ids            the names of things, each its own type
    people         who signs in, and what they are in a practice
    conversations  who is in care with whom, and sessions in it
    messages       what a person may say, and an entry of the record
    notices        the fixed words we use outside the app
    check_ins      a check-in and a code word as kept, and what is asked of memory for them
    stored         the values that cross between the acts and memory
    store          what the acts ask of memory (Protocols; `threads` answers)
    looking_up     what every arrival asks: who shows this token, who is in this conversation
    sign_ins       sign-ins as kept; known_devices: browsers in which somebody signed in before
    mail_stored    mailboxes and addresses as kept; mail_store is what mail asks of memory
    office         what every act is handed: memory, keys, clock, randomness
    faults         where something unforeseen went wrong, without what it said
    networks       whose network an address is of: the unit in which strangers are counted
    keeping        what a loop that runs for ever is handed to (`web.keeping`)

    posting        the one door of every message
    writing        letters, and the mail owed for them
    sending_later  letters taken back within moments, planned, or slept on
    owing          mail that is owed, sealed, and the reply address its reader answers to
    wishes         receipts and times in our mail, as a client wants them
    reading        opening what is sealed, for those who were admitted; placing: what is bound to an entry's words
    inbox          who waits longest, and what is held of each conversation
    bookings       times offered and agreed: the values, and what they ask of memory
    drafts         texts that are being written; drafts_store: what they ask of memory
    lateness       a promise that passed: everyone concerned is told, once
    settling, signing_in, provisioning, overseeing: acts by their names

    sessions/      therapy sessions: agreed, held, ended
    mail/          letters by mail: kept, received, screened, delivered
    trust/         access, encryption, seams and alarms, passwords, tokens, pace
    care/          promises, and the receipt that tells of one
"""
