"""Who works with whom: practices, labs, dentists and their connections."""
