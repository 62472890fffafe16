"""Planning sessions: when labs plan cases with their practices, and who booked which block."""
