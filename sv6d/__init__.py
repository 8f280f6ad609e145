"""SV6D: internet-native short videos as structure, and that structure as training data."""

__version__ = "0.1.0"
