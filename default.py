"""Entry point of ``RunScript(script.simkl.connect[,command])``."""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))

from simkl_connect.kodi.screens.script import main  # the path has to be set first

main(sys.argv)
