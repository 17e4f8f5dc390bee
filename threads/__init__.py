"""Threads remembers: what was said, in which order, by whom? The only floor that speaks SQL.

tables/        every table; migrations/ is their history, schema brings it up to date
database       pools, the tenant's transaction, and what must be true to serve
limits, probe  how long anything may take; whether words would be kept right now
waiting_lines  audit lines of reads that wait in a file while the trail cannot be written
link, outages  one connection, kept alive; what a fault of it means: every SQLSTATE has its place
writer         group commit: lanes and batches; writing holds its statements, effects what else they change
thread         entries, read by number
check_ins      what was answered before a session, sealed, and hashes of code words
conversations, sessions, drafts, people, keys, trail: by their names
lookups        who shows a token, who is in a conversation: many at a time, when everyone comes back at once
pages          what those who follow lack, for many conversations at a time
mailbox        letters by mail: originals in, outbox out, both waiting in a queue
mail_door      what peers at the mail door wait for, many at a time by gathering; fetched: mailboxes elsewhere
bell           LISTEN/NOTIFY between nodes
memory         all of it, as the acts know it
postgres/      our own PostgreSQL, for everybody who has none
"""
