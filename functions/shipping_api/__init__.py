"""The routes of parcels: said by labs, received by practices."""
