#!/bin/bash
# Double-click this file to open the Alliance Workbook (macOS; it works on Linux as well).
cd "$(dirname "$0")" || exit 1
if [ ! -f start.py ]; then
    echo "This file is alone. Unpack the whole zip file first, then open Start.command in the unpacked folder."
    exit 1
fi
# The first Python that is new enough; macOS's own is not. Installers from python.org put theirs into /Library.
new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }
for python in python3 python3.14 python3.13 python3.12 python3.11 \
    /Library/Frameworks/Python.framework/Versions/3.*/bin/python3 /opt/homebrew/bin/python3 /usr/local/bin/python3; do
    if new_enough "$python"; then
        exec "$python" start.py "$@"
    fi
done
echo "No Python 3.11 or newer was found. Install Python 3.11 to 3.14 from python.org, then open this file again."
exit 1
