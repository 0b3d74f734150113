"""A real Kodi for tests: builds the add-on's zip, puts it into a fresh profile, boots Kodi, works it like a person."""
