"""A repository of one's own for Kodi, in ``dist/repo``, to be put on a web server: ``python -m shipping.repository``.

``REPOSITORY_URL`` is where the folder will be served. Viewers install the repository's zip once; Kodi then finds and
installs each new version by itself. The same input gives the same bytes.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
import tempfile
import xml.etree.ElementTree as ElementTree
import zipfile
from pathlib import Path
from typing import Iterator, Mapping
from urllib.parse import urlsplit
from xml.sax.saxutils import escape, quoteattr

from real_kodi import package
from real_kodi.paths import ADDON_ID, PROJECT

REPOSITORY_ID = "repository.simkl.connect"
VERSION = "1.0.0"
"""Of the repository add-on; to be raised when its manifest below or its address changes."""

URL_VARIABLE = "REPOSITORY_URL"
PLACEHOLDER = "https://example.org/kodi/"

_METADATA = "extension[@point='xbmc.addon.metadata']"
_LOOPBACK = ("127.0.0.1", "localhost", "::1")

_MANIFEST = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<addon id={id} name="Simkl Connect repository" version={version} provider-name={provider}>
    <extension point="xbmc.addon.repository">
        <dir minversion="19.0.0">
            <info compressed="false">{url}addons.xml</info>
            <checksum verify="sha256">{url}addons.xml.sha256</checksum>
            <datadir zip="true">{url}</datadir>
            <hashes>sha256</hashes>
        </dir>
    </extension>
    <extension point="xbmc.addon.metadata">
        <summary lang="en_GB">Keeps Simkl Connect up to date</summary>
        <description lang="en_GB">Kodi finds new versions of Simkl Connect here.</description>
        <platform>all</platform>
        <license>GPL-2.0-or-later</license>{assets}
    </extension>
</addon>
"""


class RepositoryError(Exception):
    """No repository can be made of this; the text says what to put right."""


def address_from(environment: Mapping[str, str]) -> str:
    """Where the repository will be served, with a slash at the end."""
    url = environment.get(URL_VARIABLE) or PLACEHOLDER
    parts = urlsplit(url)
    secure = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
    if not (secure and parts.hostname) or parts.query or parts.fragment or any(letter.isspace() for letter in url):
        raise RepositoryError(f"{URL_VARIABLE} must be an https address without query, not {url!r}")
    return url if url.endswith("/") else f"{url}/"


def build(addon_zip: Path, target: Path, url: str) -> Path:
    """Make ``target`` the repository of the add-on in ``addon_zip``; the path of the repository's own zip."""
    with tempfile.TemporaryDirectory() as scratch:
        files = _files_of(addon_zip)
        own_zip = Path(scratch, f"{REPOSITORY_ID}-{VERSION}.zip")
        package.write_zip(own_zip, REPOSITORY_ID, _repository_files(files, url))
        if target.exists():
            shutil.rmtree(target)
        manifests = [_publish(path, target) for path in (addon_zip, own_zip)]
    index = f'<?xml version="1.0" encoding="UTF-8"?>\n<addons>\n{"".join(manifests)}</addons>\n'.encode()
    (target / "addons.xml").write_bytes(index)
    for kind in ("md5", "sha256"):
        (target / f"addons.xml.{kind}").write_text(hashlib.new(kind, index).hexdigest())
    return target / REPOSITORY_ID / own_zip.name


def _publish(path: Path, target: Path) -> str:
    """Puts a zip, its hash and what is shown before it is installed into the folder of its add-on; its manifest."""
    files = _files_of(path)
    manifest = _manifest(files)
    addon_id, version = manifest.get("id", ""), manifest.get("version", "")
    folder = target / addon_id
    folder.mkdir(parents=True)
    published = folder / f"{addon_id}-{version}.zip"
    shutil.copyfile(path, published)
    published.with_name(f"{published.name}.sha256").write_text(hashlib.sha256(published.read_bytes()).hexdigest())
    for name in _assets(manifest):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(files[name])
    news = manifest.findtext(f"{_METADATA}/news")
    if news:
        (folder / f"changelog-{version}.txt").write_text(f"{news.strip()}\n", encoding="utf-8")
    return f"{ElementTree.tostring(manifest, encoding='unicode').strip()}\n"


def _repository_files(addon_files: Mapping[str, bytes], url: str) -> dict[str, bytes]:
    """The repository add-on. Its pictures are those of the add-on."""
    addon = _manifest(addon_files)
    pictures = {name: addon_files[name] for name in _assets(addon, ("icon", "fanart"))}
    tags = "".join(
        f"\n            <{element.tag}>{escape(element.text or '')}</{element.tag}>"
        for element in addon.iterfind(f"{_METADATA}/assets/*")
        if element.tag in ("icon", "fanart")
    )
    manifest = _MANIFEST.format(
        id=quoteattr(REPOSITORY_ID),
        version=quoteattr(VERSION),
        provider=quoteattr(addon.get("provider-name", "")),
        url=escape(url),
        assets=f"\n        <assets>{tags}\n        </assets>" if tags else "",
    )
    return {"addon.xml": manifest.encode(), **pictures}


def _assets(manifest: ElementTree.Element, kinds: tuple[str, ...] = ()) -> Iterator[str]:
    """The paths of the add-on's pictures."""
    for element in manifest.iterfind(f"{_METADATA}/assets/*"):
        if element.text and (not kinds or element.tag in kinds):
            yield element.text


def _manifest(files: Mapping[str, bytes]) -> ElementTree.Element:
    return ElementTree.fromstring(files["addon.xml"])


def _files_of(path: Path) -> dict[str, bytes]:
    """What is in a zip, by name without the top folder."""
    with zipfile.ZipFile(path) as archive:
        names = [name for name in archive.namelist() if not name.endswith("/")]
        return {name.partition("/")[2]: archive.read(name) for name in names}


def main() -> int:
    """Build, and say where it is and where it has to go."""
    target = PROJECT / "dist" / "repo"
    try:
        url = address_from(os.environ)
        own_zip = build(package.build(), target, url)
    except (RepositoryError, package.PackagingError) as error:
        print(f"repository: {error}", file=sys.stderr)
        return 1
    if url == PLACEHOLDER:
        print(f"repository: {URL_VARIABLE} is not set; {PLACEHOLDER} is a placeholder that nobody serves")
    print(f"repository: serve the folder {target} at {url}")
    print(f"repository: {ADDON_ID} {package.version_of(PROJECT)} is in it; users install this once:")
    print(own_zip)
    return 0


if __name__ == "__main__":
    sys.exit(main())
