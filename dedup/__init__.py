"""Candidates, evidence, match weights, decisions, clusters and artists."""
