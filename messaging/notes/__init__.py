"""Notes of those who care: two kinds that never meet.

progress  part of the record: read by the conversation's clinicians, sealed under its key, amended and never overwritten
process   their author's alone: under a key of the author's own, in nobody else's search, export, cover or release
own_key   that key
sealed    what of both is sealed, and where it lives
keeping   how long process notes are kept, and what becomes of them when their author or their client goes
"""
