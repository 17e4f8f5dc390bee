"""What a letter is made of: read of any shape, in linear time, without raising.

parsing        a letter as one value: who, when, what it says, what it carries
headers        fields, encoded words, parameters; mailboxes: addresses
parts          the tree of parts; bodies: which of them is read; charsets: bytes to letters
wrappers       winmail.dat and S/MIME, opened to the parts within (tnef, tnef_properties, smime)
plain_text     pages as text; sanitising: pages as pages
attachments    files, and names that are safe; calendars: invitations as a line
automatic      a person, an answering machine, a server or a list
dedup          the same letter, offered again
bounces        reports of what was not delivered
bounce_fields  who and why by the standard's fields
bounce_words   who by a server's own words, and which letters are reports at all
bounce_causes  why, and whether for good
"""
