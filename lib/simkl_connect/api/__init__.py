"""What Simkl's endpoints say, read with nothing trusted."""
