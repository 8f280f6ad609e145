"""From kept labels to training data: extensions, reports, chat samples."""
