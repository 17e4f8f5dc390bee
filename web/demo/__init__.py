"""The demonstration: a made-up practice on the real server, and the clients' mailboxes.

running   what `quietline demo` does, from the settings to the end
founding  the practice, founded at the first start and found again later
people    who is in it
newcomers those who are invited and have not come in yet
history   what they have written and said
scenes    what such a history is made of
telling   how that becomes a record: by the acts everyone uses, with a clock in the past
linden    the session that is live whenever the demonstration runs
mails     a mail as a client's own program would write it
mailroom  the clients' mail server, in memory
pages     the mailboxes and the list of people
being     being one of them without signing in, side by side with others
playing   what goes on by itself: a letter comes, the other side of the live session writes
script    what is written and said then
"""
