"""The one judge: matched alignment in time, label distance, quality; and the independent metric beside it."""
