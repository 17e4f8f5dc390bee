"""What each page is given: frozen values, one per page, filled by the handlers and read by the templates.

Times are aware and in UTC; `Here` says when and where the reader is, and the filters of `web.rendering` put
them into words. `key` fields are fresh UUIDs for a form's hidden field: the same key again is the same deed.

parts        what pages are made of: who reads, entries, sessions, rows of the inbox
public       the way in, set-up, help, trouble
client       home, letters, the sheet to write on; own_mail, check_in and calendar have more
room         the room of a live session
staff        inbox, conversation, today, people; answering, pending and screener have more
demo         the demonstration's mail program
"""
