"""What each role of the embedded PostgreSQL may do, as one script that can be run again."""

import hashlib
from typing import Final

from threads.postgres.access import APP, ARCHIVE, BACKUP, DATABASE, OWNER

CREATE_DATABASE: Final = f"CREATE DATABASE {DATABASE};\n\n"

_ROLE: Final = """
DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}') THEN CREATE ROLE {role}; END IF; END $$
ALTER ROLE {role} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE {replication} {row_security} PASSWORD '{password}'
"""

_RIGHTS: Final = f"""
REVOKE ALL ON DATABASE postgres, template1 FROM PUBLIC
ALTER DATABASE {DATABASE} OWNER TO {OWNER}
REVOKE ALL ON DATABASE {DATABASE} FROM PUBLIC
GRANT CONNECT ON DATABASE {DATABASE} TO {APP}, {BACKUP}, {ARCHIVE}
ALTER SCHEMA public OWNER TO {OWNER}
REVOKE ALL ON SCHEMA public FROM PUBLIC
GRANT USAGE ON SCHEMA public TO {APP}, {BACKUP}
ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER} GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {APP}
ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER} GRANT SELECT, USAGE ON SEQUENCES TO {APP}
ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER} GRANT SELECT ON TABLES TO {BACKUP}
ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER} GRANT SELECT ON SEQUENCES TO {BACKUP}
GRANT pg_read_all_data TO {BACKUP}
ALTER ROLE {BACKUP} SET default_transaction_read_only = on
"""
"""Only for what the owner makes later: a migration that takes a right away is not undone by running this again."""


def rights(passwords: dict[str, str]) -> str:
    """The script for single-user mode, where an empty line ends a statement. It holds the passwords: not for logs."""
    roles = "".join(
        _ROLE.format(
            role=role,
            password=passwords[role],
            # A dump must hold every practice; nobody else may look past his own.
            row_security="BYPASSRLS" if role == BACKUP else "NOBYPASSRLS",
            replication="REPLICATION" if role == ARCHIVE else "NOREPLICATION",
        )
        for role in (OWNER, APP, BACKUP, ARCHIVE)
    )
    return "".join(f"{line};\n\n" for line in (roles + _RIGHTS).splitlines() if line)


def fingerprint(script: str) -> str:
    return hashlib.sha256(script.encode()).hexdigest()
