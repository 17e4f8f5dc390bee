"""OpenPGP: letters locked on their way out, and opened on their way in. Sequoia computes; nothing else here knows it.

keys           a practice's key made, a client's taken or refused
examining      what a key consists of (in a process of its own: arriving/unlock_worker)
locked         a letter of ours, signed and encrypted, in the shape mail programs know (RFC 3156)
finding        what of a letter that came is encrypted or signed
opening        decrypting, and whose signature it is (in a process of its own: arriving/unlock_worker)
faults         what Sequoia raises, brought to one refusal
autocrypt      a key that came along in a letter's header
packets        the signed content of a compressed message, which Sequoia's Python face does not give out
"""
