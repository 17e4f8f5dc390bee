"""What each release kept: a small installation of its demonstration, opened by every later one."""
