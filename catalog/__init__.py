"""Records, sources, normalisation and the catalogue directory."""
