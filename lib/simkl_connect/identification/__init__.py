"""Which film or episode a video is, or why nobody can say."""
