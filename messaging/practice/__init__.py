"""A practice: founded, peopled, overseen."""
