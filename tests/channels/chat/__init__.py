"""Live chat without sockets: the real hub over the real record, with hands on what may be slow, late or lost.

gates     work that can be held, refused or left unanswered
nodes     several nodes over one database, and the bell between them
page      one page of one person: what a browser keeps of the frames it is sent
machine   everything that can happen, in any order
settling  the last word: what must hold whatever happened
"""
