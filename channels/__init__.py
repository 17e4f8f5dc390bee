"""Channels carries: how does a message arrive, how does it leave? The only floor that speaks SMTP.

chat/     live chat: frames, one connection, streams and the hub that tells them
email/    letters: arriving/ and leaving/, what they are made of (mime/), what is quoted in them (quoting/),
          and who really sent them (senders/)
"""
