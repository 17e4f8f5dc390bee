"""Real mail programs as peers: started by a test on free loopback ports in a folder of its own, ended by it.

running     finding, starting and ending them
dovecot     an IMAP server
postfix     a border server, and a queue
gnupg       a correspondent with OpenPGP keys
clamav      a virus checker
authority   certificates
between     a wire on which what is said can be stopped
"""
