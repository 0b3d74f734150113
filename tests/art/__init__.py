"""Everything this project shows that is drawn, not written: the letters of the code, the signs, the icon, the fanart.

``python -m art`` draws it all from the sources in this folder, byte for byte the same each time. ``python -m
art.screens`` photographs every state of the sign-in screen in a real Kodi.
"""
