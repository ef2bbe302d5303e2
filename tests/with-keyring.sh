#!/bin/sh
# Runs a command on a private session bus with a real, unlocked Secret Service.
# Use absolute paths: HOME changes.
set -eu
KRHOME=$(mktemp -d)
export HOME="$KRHOME" XDG_DATA_HOME="$KRHOME/.local/share" XDG_CACHE_HOME="$KRHOME/.cache"
export XDG_CONFIG_HOME="$KRHOME/.config" XDG_RUNTIME_DIR="$KRHOME/run"
mkdir -p -m 700 "$XDG_RUNTIME_DIR" "$XDG_DATA_HOME" "$XDG_CACHE_HOME" "$XDG_CONFIG_HOME"
trap 'rm -rf "$KRHOME"' EXIT
unset PYTHON_KEYRING_BACKEND
dbus-run-session -- sh -eu -c '
  printf "%s" "test-pass" | gnome-keyring-daemon --unlock --components=secrets \
    --control-directory="$XDG_RUNTIME_DIR/keyring" >/dev/null
  "$@"' sh "$@"
