"""The route of carriers, which tell where parcels are."""
