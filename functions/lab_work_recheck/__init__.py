"""Looks anew at Case Days and the lab cases whose work is needed on them, when either side moves."""
