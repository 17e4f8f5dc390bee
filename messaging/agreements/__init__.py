"""What a practice and a client agree on.

documents    the practice's own texts, by language and way of working, in versions that bind from a time
accepting    who has agreed to which version, and takes it back
mailed       what came by mail before: it is kept, and both sides are told
differences  what is different in a new version, word by word
"""
