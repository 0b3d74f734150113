#!/bin/sh
# Makes a Debian 12 machine ready to develop and test: Kodi and what its tests need from apt, and the Python packages
# of tests/requirements.txt in .venv. Run it again at any time; with nothing to do it takes a moment. Further packages
# can be named as arguments.
set -eu

cd "$(dirname "$0")/../.."

# kodi               the player; kodi-bin and kodi-data come with it
# xvfb               the screen it draws on
# libgl1-mesa-dri    OpenGL without a graphics card
# imagemagick        reads that screen
# xdotool            finds Kodi's window on a developer's screen
# zbar-tools         reads the QR codes on it
# libfaketime        lets the clock of one Kodi jump
# ffmpeg             makes the videos that are played
# fonts-*            the fonts of Kodi's skins, without which texts have other widths; jetbrains-mono is for make art
# gcc, libc6-dev     make the disk that fails, for the tests of it
# git, python3-venv  to build the zip, and for .venv
packages="kodi xvfb libgl1-mesa-dri imagemagick xdotool zbar-tools libfaketime ffmpeg \
fonts-noto-core fonts-noto-mono fonts-roboto-hinted fonts-jetbrains-mono gcc libc6-dev git make python3-venv $*"

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    else
        sudo "$@"
    fi
}

install_packages() {
    missing=""
    for package in $packages; do
        case "$installed" in
            *" $package "*) ;;
            *) missing="$missing $package" ;;
        esac
    done
    [ -n "$missing" ] || return 0
    echo "setup: installing with apt, with what these need:$missing"
    as_root apt-get update -qq
    # shellcheck disable=SC2086  # a list of words
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
}

make_venv() {
    stamp=".venv/made-from-$(sha256sum tests/requirements.txt | cut -c1-16)"
    [ ! -e "$stamp" ] || return 0
    echo "setup: making .venv from tests/requirements.txt"
    /usr/bin/python3 -m venv --clear .venv
    .venv/bin/python -m pip install --quiet --disable-pip-version-check -r tests/requirements.txt
    touch "$stamp"
}

if ! command -v dpkg-query >/dev/null; then
    echo "setup: this script knows Debian's packages only; needed are: $packages" >&2
    exit 1
fi
# shellcheck disable=SC2086  # a list of words
installed=" $(dpkg-query -W -f='${db:Status-Status}/${Package}\n' $packages 2>/dev/null | sed -n 's,^installed/,,p' | tr '\n' ' ')"

install_packages
make_venv
