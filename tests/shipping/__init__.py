"""From the work tree to the user: Kodi's own checker, a repository, a release.

Not named ``packaging``: pytest imports a package of that name from PyPI, and ``tests`` comes first on the path.
"""
