"""What our mails are made of: header, words, calendar files, a signature. Bytes alone; nothing is asked or sent here."""
