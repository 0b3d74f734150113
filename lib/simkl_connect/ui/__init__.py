"""What the screens show, and their side of the talk with the service. No Kodi here."""
