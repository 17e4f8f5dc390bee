"""Threads remembers: what was said, in which order, by whom? The only floor that speaks SQL.

tables         every table, in one file; migrations/ is their history, schema brings it up to date
database       pools, the tenant's transaction, and what must be true to serve
writer         group commit: lanes and batches; writing holds its statements, effects what else they change
thread         entries, read by number
conversations, people, keys, trail: by their names
mailbox        letters by mail: originals in, outbox out, both waiting in a queue
bell           LISTEN/NOTIFY between nodes
memory         all of it, as the acts know it
postgres/      our own PostgreSQL, for everybody who has none
"""
