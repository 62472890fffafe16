"""Scheduling: periods, the availability of clinicians, and the Case Days that practices ask for."""
