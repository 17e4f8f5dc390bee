"""Letters by mail as they came, and what is asked while they are read."""
