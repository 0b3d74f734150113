"""Entry point of the service that Kodi starts at login."""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))

from simkl_connect.kodi.background.service import run  # the path has to be set first

run()
