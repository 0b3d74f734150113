"""The service: its loop, and what it hears from Kodi and writes into the library."""
