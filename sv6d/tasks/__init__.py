"""The one registry of questions whose answers code verifies: corpus, reinforcement and benchmark share it."""
