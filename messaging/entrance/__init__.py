"""Who somebody is: signing in, known devices, invitations."""
