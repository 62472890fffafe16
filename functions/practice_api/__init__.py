"""The routes about what a practice has: dentists and scanners; also of practices that a lab has entered."""
