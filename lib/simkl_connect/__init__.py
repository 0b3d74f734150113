"""Simkl Connect: signs a Kodi in to Simkl.

Everything here but the package ``kodi`` is plain Python that knows neither Kodi nor a screen.
"""
