"""The pages: what a person sees and presses. Works without scripts; every form redirects after it did something.

In a room for each reader, with the templates it is shown by and the values these are given (`views`, `..._view`: frozen,
one class a page or fragment). Times are aware and in UTC; `Here` says when and where the reader is, and the filters of
`parts.rendering` put them into words. `key` fields are fresh UUIDs for a form's hidden field: the same key again is
the same deed.

routes   which address leads to which page
single   one entry for a page on which it arrived, whoever reads it
public   the way in, set-up, invitations, help now, sheets and scripts, what went wrong
client   home, session room, letters, the sheet to write on, waiting room, sessions, own mail
staff    inbox, conversation, today, calendar, check-ins, screener
admin    metadata for administrators
parts    what they are made of: who asks, the acts' values and the record as templates want them, the rendering itself
"""
