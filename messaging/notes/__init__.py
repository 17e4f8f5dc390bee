"""Notes of those who care: two kinds that never meet.

progress  part of the record: read by the conversation's clinicians, sealed under its key, amended and never overwritten
process   their author's alone: under a key of the author's own, in nobody else's search, export, cover or release
own_key   that key
sealed    what of both is sealed, and where it lives
in_letters   whether a sentence of a note stands in a letter
beside    four lenses on a letter, and the margin of a session: process notes of their own
keeping   how long process notes are kept, and what becomes of them when their author or their client goes
"""
