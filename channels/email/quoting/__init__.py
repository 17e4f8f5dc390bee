"""What its writer wrote, and what they quoted: folded, never lost."""
