"""An administrator's place."""
