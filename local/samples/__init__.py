"""Generated files for tests and for the local stack: scans, volumes and photos of nobody."""
