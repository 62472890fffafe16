"""Machines: what calls for a practice or a lab with a credential of its own, and what each kind may do."""
