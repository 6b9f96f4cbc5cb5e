"""The convnet that turns audio into identity codes and similarity vectors; its training, encoding, indexes, metrics."""
