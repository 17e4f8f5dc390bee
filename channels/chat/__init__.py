"""Live chat: frames in and out, and who is told what, when.

frames       the frames as values
connection   the sending half of one WebSocket, bounded
arrivals     who is connected, and until when
attendance   who is at work, and whose screen was left behind
pacing       how fast one person may speak
protocol     one connection's side: each frame, and what it leads to
answers      who waits for the answer to which key
streams      one conversation as this node follows it
hub          what this node tells its connections
owning       the task of a frame, and its faults
following    filling gaps from the record
signs        presence, typing, one-tap words, and breaks worth noting
breaks       those on their way into the record
rooms        who is in a session's room, through which node
passing      what nodes tell each other of it
gaps         what was missed while the bell was away: sign-outs, inboxes
inboxes      changed conversations, told to clinicians
rows         a conversation as a row of an inbox
"""
