"""The one layer that knows Kodi. Nothing outside this package imports ``xbmc``."""

ADDON_ID = "script.simkl.connect"
DIALOG_XML = "script-simkl-connect.xml"
PAGE_XML = "script-simkl-connect-activity.xml"
