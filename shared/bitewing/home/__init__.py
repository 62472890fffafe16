"""What everybody sees first: announcements, what needs attention, counts, what comes next; and the own account."""
