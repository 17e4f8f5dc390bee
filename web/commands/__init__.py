"""What the commands do; `web.cli_commands` reads their lines.

acts            serve, demo, migrate, provision, token create, doctor
auditing        audit verify
breach          breach report: who could have read what
upgrading       database upgrade: another major release of the embedded PostgreSQL
whole_files     files that are there when they are whole
provision       practices, people, conversations and sessions from JSON lines
checking        doctor: database, keys, disk, trail, relay
checking_mail   doctor --mail: mail seen from outside, and a letter sent round
asking_health  health
rereading       mail reparse
mail_queue      mail queue, mail flush
consent         mail consent: into a mailbox at a provider
"""
