#!/bin/sh
# Brings the browser that tests/browser drives: Debian's Chromium, and the driver of the same version.
set -eu

if command -v chromium >/dev/null && command -v chromedriver >/dev/null; then
    echo "Chromium and its driver are there already."
    exit 0
fi
if ! command -v apt-get >/dev/null; then
    echo "make browser: there is no apt-get here. Install Chromium and its driver by your system's" \
        "means, so that 'chromium' and 'chromedriver' are found." >&2
    exit 1
fi
if [ "$(id -u)" != 0 ]; then
    echo "make browser: apt-get needs root. Run: sudo make browser" >&2
    exit 1
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update --quiet
apt-get install --quiet --yes --no-install-recommends chromium chromium-driver
command -v chromium chromedriver
