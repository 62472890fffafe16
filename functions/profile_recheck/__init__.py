"""The steps that check open cases again when a lab changed its requirements."""
