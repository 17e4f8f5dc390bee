"""The box: what a process that reads what strangers sent may still do, and what the kernel forbids it.

entering    the one verb: a worker enters the box before it touches a byte
landlock    which files it may read
filtering   which calls it may make (seccomp)
kernel      the calls themselves
"""
