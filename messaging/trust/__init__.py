"""Why a word may be believed and a door opened: access, encryption, passwords, tokens, audit."""
