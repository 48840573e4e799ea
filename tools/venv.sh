#!/bin/sh
# Make the virtual environment, where there is none or where another Python made it.
#
#     tools/venv.sh FOLDER
#
# PYTHON names the Python to use. Without it, it is `python3`; where that is too old or does not run,
# the newest of the others.
set -eu
venv=$1

if [ -n "${PYTHON:-}" ]; then
    set -- "$PYTHON"
else
    set -- python3 python3.14 python3.13 python3.12 python3.11
fi
found=
for python in "$@"; do
    # A command that is there may still not run: pyenv has one for every version.
    if "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        found=$python
        break
    fi
done
if [ -z "$found" ]; then
    echo "Python 3.11 or later is needed and was not found (tried: $*): install it, or name it with" \
        "make PYTHON=..." >&2
    exit 1
fi

# A virtual environment does not survive a move of its folder either.
made_by="$("$found" -c 'import sys; print(sys.base_prefix, sys.version)') in $PWD"
if [ -x "$venv/bin/python" ] && [ "$(cat "$venv/.python" 2>/dev/null)" = "$made_by" ]; then
    exit
fi
echo "Making $venv with $found"
rm -rf "$venv"
if ! "$found" -m venv "$venv"; then
    rm -rf "$venv"
    echo "$found cannot make a virtual environment, see above" >&2
    exit 1
fi
echo "$made_by" > "$venv/.python"
