"""The audit trail, asked: who did what, whether it still stands as it was vouched for, who could have read what."""
