"""What a document claims, measured again from the file by another way than the one that made the evidence."""
