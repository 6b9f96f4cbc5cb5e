"""The convnet, its training, encoding, the FAISS index and retrieval metrics."""
