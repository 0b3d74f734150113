"""What a sign-in's dialog shows, without Kodi."""
