"""What became of each video, why, and what the user can do about it."""
