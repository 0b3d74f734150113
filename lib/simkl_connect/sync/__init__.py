"""Kodi's library and Simkl's lists: what each has watched that the other has not, and bringing it across."""
