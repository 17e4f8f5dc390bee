"""Live chat: frames in and out, and who is told what, when.

frames       the frames as values
connection   the sending half of one WebSocket, bounded
protocol     one connection's side: each frame, and what it leads to
streams      one conversation as this node follows it
hub          what this node tells its connections
following    filling gaps from the record
signs        presence and typing
inboxes      changed conversations, told to clinicians
"""
