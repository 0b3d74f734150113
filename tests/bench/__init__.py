"""How fast and light the add-on is in a real Kodi, each figure beside the least that is possible, of the same run."""
