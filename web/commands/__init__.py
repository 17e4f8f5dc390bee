"""What the commands do; `web.cli` reads their lines.

acts            serve, demo, migrate, provision, token create, audit verify, doctor
provision       practices, people, conversations and sessions from JSON lines
checking        doctor: database, keys, disk, trail, relay
checking_mail   doctor --mail: mail seen from outside, and a letter sent round
asking_health  health
rereading       mail reparse
mail_queue      mail queue, mail flush
consent         mail consent: into a mailbox at a provider
"""
