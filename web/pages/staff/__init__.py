"""A clinician's places."""
