"""On the way to Simkl: what is told live, marks on the disk, and when to try again."""
