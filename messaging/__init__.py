"""Messaging decides: is it true, may they, what must follow?

Pure computation. Nothing here opens a socket, reads a clock, or speaks SQL: time, randomness and memory are arguments.

    errors         the tree of refusals; every edge translates it once
    ids            the names of things, each its own type
    people         who signs in, and what they are in a practice
    conversations  who is in care with whom, and sessions in it
    messages       what a person may say, and an entry of the record
    notices        the fixed words we use outside the app
    store          what the acts ask of memory (Protocols; `threads` answers)
    trust/         access, encryption, passwords, tokens, audit
    care/          promises
    acts           posting, reading, signing_in, receiving, screening, conversing, provisioning
"""
