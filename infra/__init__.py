"""The cloud side of Bitewing: what is deployed, and what each part may do."""
