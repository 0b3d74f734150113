"""What is watched in Kodi, told to Simkl."""
