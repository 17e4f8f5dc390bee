"""A backup of the whole installation: how it is sealed, what it is made of, and how it is looked through.

sealing        the stream: encrypted, noticed when cut or put together otherwise
frames         what it says inside: header, tables, rows, end
rows           rows in PostgreSQL's binary COPY format, read without a database
sealed_rows    which columns are sealed, and for which place
verifying      looked through without being restored
keeping        what the trail keeps of it
sheet          the master key on paper
on_paper       shown by a page, asked back, and made anew
"""
