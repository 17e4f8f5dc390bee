"""Notices on a device's lock screen, by the push service of its browser: fixed words, and nothing of what there is.

sealing         what a push service carries and cannot read (RFC 8188, 8291), and who sends it (RFC 8292)
subscriptions   which devices are told, of whom
telling         what is due to be told, and when
"""
