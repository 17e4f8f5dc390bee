"""What the acts ask of memory, a file for each subject. `threads` answers; nothing here knows SQL."""
