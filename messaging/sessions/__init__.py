"""Therapy sessions: what is agreed before, what holds while they last, and how they end.

booking      agreed on: booked, taken, moved, called off; offering is what there is to take
wall_time    what a clock on the wall says, and which moment that is
inviting     what was agreed is told, with mails for calendars; reminding: notices before
holding      opened, extended, ended, by the clinician only
checking_in  where, alone or not, word, telephone: answered by the client, asked again or waived by a clinician
standings    where each client stands with that; countries is the list they choose from
recognising  the code word: chosen, compared, taken away
rules        what a practice decides for its sessions
timekeeping  what happens to a session by itself, and when
amending     one's own words corrected or withdrawn, for a moment
breaking     breaks of a connection, as the record says them
closing      what each side takes with it
recording    the session's record, gathered from its events
"""
