"""One file a step. A step changes tables; functions, triggers, row security and rights stand in `threads/sql` (v0018)."""
