"""The language: documents, labels, evidence, their vocabulary and versions."""
