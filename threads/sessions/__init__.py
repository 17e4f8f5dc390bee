"""Sessions as kept: agreed, held, checked in to."""
