"""The routes of a lab's own software, which reads and moves the lab's cases with a credential of its own."""
