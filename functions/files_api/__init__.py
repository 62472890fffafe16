"""The routes about the files of a case: announce, send, list, download."""
