"""The routes of scanners, which upload with a credential of their own and can do nothing else."""
