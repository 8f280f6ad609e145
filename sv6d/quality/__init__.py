"""What is kept: a score, a decision and reasons for every label and every document."""
