"""Every table.

columns        what all tables are made of
installation   of no practice: ids, times and keyed hashes only
people         the practice, its people, their keys and sign-ins
conversations  conversations and who belongs to them
sessions       therapy sessions: booking, check-in, rules
drafts         texts that are being written
record         the numbered, sealed entries and what stands beside them
notes          progress notes of the record, and process notes of their authors
mail           letters by mail, both ways
trail          the audit trail
whole          all of them, as the migrations are compared with

Each tenant table's key leads with `practice_id`, and so do its foreign keys: isolation, and a schema that could be
partitioned by practice. Row-level security is enabled and forced on all of them (the migrations). Sealed columns are
`bytea`; the store cannot open them.
"""
