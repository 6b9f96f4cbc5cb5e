"""Decoding, log-mel features, degradations and alignment."""
