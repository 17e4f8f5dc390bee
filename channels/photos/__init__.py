"""Photos, rid of what a camera or a program wrote beside the picture: place, time, device, names, earlier versions.

The picture's own octets are copied and never decoded, so that nothing of it is lost and nothing unfolds. `cleaning` says
which kinds; each of `jpeg`, `png`, `webp`, `heif` knows one; `orientation` keeps which side is up. It is done in the box
(`email.workers.clean_worker`).
"""
