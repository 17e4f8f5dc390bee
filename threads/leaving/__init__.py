"""Mail that is owed, the keys it is locked with, and the promises that are watched."""
