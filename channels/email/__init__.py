"""Email therapy: letters in by SMTP and LMTP, out through a relay, nothing lost, nothing to the wrong person.

terms        on which terms mail is carried
access       tokens of a provider, as mailbox and relay ask for them
addresses    reply addresses and bounce addresses that prove themselves
running      mail in and mail out as tasks of the house
arriving/    the dialog at the door
reading/     the reader behind it
workers/     the processes that read for it
box/         the walls around them
mime/        what a letter is made of
quoting/     what its writer wrote, and what they quoted
senders/     who it really is from
sealing/     OpenPGP: letters locked, and opened
composing/   what our mails are made of
leaving/     made once, carried to the relay
examining/   what the doctor looks at
"""
