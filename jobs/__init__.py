"""Spark jobs and the command line."""
