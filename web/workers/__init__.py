"""`serve --workers N`: several processes that answer at one port, begun, watched, replaced and ended by the first of them.

    the first   the whole server, as without workers
    fellows     pages, API and live channel, and nothing else

They are nodes like any other: what is committed at one, the others hear of by the bell. The kernel gives each connection to
one of their sockets, by a hash of where it comes from (SO_REUSEPORT). Their paces are counted together (`web.fair.shelf`).
"""
