"""Released models, one folder each."""
