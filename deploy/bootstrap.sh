#!/bin/sh
# Builds the environment when it is missing or out of date, then hands over to deploy/local.py.
# Usage: sh deploy/bootstrap.sh COMMAND [ARGUMENTS…]; the Makefile calls it.
# What it writes: .venv, and .uv (uv where the machine has none, a lock, the log of the last build).
set -u
root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd -P) || exit 1
cd "$root" || exit 1
# Without compiled modules beside the sources every one of our processes would take seconds longer to start.
unset PYTHONHOME VIRTUAL_ENV CDPATH PYTHONDONTWRITEBYTECODE
log=.uv/build.log

fail() {
    printf 'topsheet: %s\n' "$1" >&2
    exit 1
}

# What the environment was built from. The folder belongs to it, since programs in .venv name it.
stamp() {
    printf '%s\n' "$root"
    cksum requirements.lock .python-version 2>/dev/null
}

is_built() {
    [ -x .venv/bin/python ] && [ -f .venv/topsheet.stamp ] &&
        [ "$(cat .venv/topsheet.stamp)" = "$(stamp)" ] && .venv/bin/python -c '' 2>/dev/null
}

new_enough() {
    command -v "$1" >/dev/null 2>&1 &&
        "$1" -c 'import sys; sys.exit(sys.version_info < (3, 12))' >/dev/null 2>&1
}

# The Python of .python-version through pyenv, then any new enough one on PATH; else nothing.
find_python() {
    wanted=$(head -n 1 .python-version)
    if command -v pyenv >/dev/null 2>&1; then
        prefix=$(PYENV_VERSION= pyenv prefix "$wanted" 2>/dev/null) || prefix=
        if [ -n "$prefix" ] && new_enough "$prefix/bin/python"; then
            printf '%s\n' "$prefix/bin/python"
            return
        fi
    fi
    for name in "python$wanted" python3.13 python3.14 python3.12 python3 python; do
        if new_enough "$name"; then
            "$name" -c 'import sys; print(sys.executable)'
            return
        fi
    done
}

# uv on PATH, or in .uv; else into .uv by whatever Python there is, with the hashes we know.
find_uv() {
    for uv in "$(command -v uv 2>/dev/null)" "$root/.uv/venv/bin/uv" "$root/.uv/lib/bin/uv"; do
        if [ -n "$uv" ] && "$uv" --version >/dev/null 2>&1; then return; fi
    done
    for any in "$python" python3 /usr/bin/python3; do
        [ -n "$any" ] && command -v "$any" >/dev/null 2>&1 && "$any" -c '' 2>/dev/null && break
        any=
    done
    [ -n "$any" ] ||
        fail "There is no Python. Install one (Debian: apt-get install python3 python3-venv)."
    printf '  uv, into the folder .uv\n'
    set -- install --quiet --disable-pip-version-check --timeout 20 --retries 2 \
        --require-hashes --only-binary :all: --requirement deploy/uv-pinned.txt
    rm -rf .uv/venv .uv/lib
    if "$any" -m venv .uv/venv >"$log" 2>&1; then
        uv="$root/.uv/venv/bin/uv"
        .uv/venv/bin/python -m pip "$@" >>"$log" 2>&1 || explain "uv"
    elif "$any" -m pip --version >>"$log" 2>&1; then
        uv="$root/.uv/lib/bin/uv" # Debian without python3-venv, but with pip
        "$any" -m pip "$@" --target .uv/lib >>"$log" 2>&1 || explain "uv"
    else
        fail "This Python ($any) has neither venv nor pip. Install them (Debian: apt-get install python3-venv), or install uv."
    fi
    "$uv" --version >/dev/null 2>&1 || fail "uv was installed and does not start; see $log."
}

# One line for what went wrong while downloading; the whole of it stays in the log.
explain() {
    if grep -qi 'hash' "$log" && grep -qiE 'mismatch|do not match' "$log"; then
        fail "A downloaded package for $1 is not the one in the lock file (its hash differs). Do not use it; see $log."
    elif grep -qiE 'no space left|disk quota' "$log"; then
        fail "The disk is full while installing $1. Make room and try again."
    elif grep -qiE 'dns|resolve|lookup|connect|network|unreachable|timed out|timeout|no matching distribution|retries' "$log"; then
        fail "No network: $1 could not be downloaded, and the first start needs it. Connect this machine (or set its proxy) and try again; see $log."
    elif grep -qiE 'permission denied|read-only' "$log"; then
        fail "$1 could not be written. Mend the owner and mode of $root; see $log."
    fi
    fail "$1 could not be installed: $(grep -v '^ *$' "$log" | tail -n 1) The whole of it: $log."
}

build() {
    python=$(find_python)
    if [ -n "$python" ]; then # before minutes of downloading: is the port free, the folder fit?
        "$python" -m deploy.checks "$@" || exit 1
    fi
    printf 'The environment is built, once; this takes a minute or two.\n'
    find_uv
    # A home that cannot be written to (a service account, a container) gets its cache here.
    if ! { mkdir -p "${UV_CACHE_DIR:-${XDG_CACHE_HOME:-${HOME:-/nonexistent}/.cache}/uv}"; } 2>/dev/null; then
        UV_CACHE_DIR="$root/.uv/cache"
        export UV_CACHE_DIR
    fi
    export UV_HTTP_TIMEOUT="${UV_HTTP_TIMEOUT:-30}" UV_NO_PROGRESS=1 UV_NO_CONFIG="${UV_NO_CONFIG:-}"
    [ -n "$UV_NO_CONFIG" ] || unset UV_NO_CONFIG
    rm -f .venv/topsheet.stamp
    # A usable environment is brought up to date where it is; another Python needs a new one.
    if ! { new_enough .venv/bin/python && [ "$(cat .venv/topsheet.root 2>/dev/null)" = "$root" ]; }; then
        "$uv" venv --clear --no-project --python "${python:-$(head -n 1 .python-version)}" .venv >"$log" 2>&1 || {
            [ -n "$python" ] ||
                fail "There is no Python 3.12 or newer, and none could be downloaded. Install one (pyenv install 3.13, or your system's package) and try again; see $log."
            explain "The environment"
        }
        printf '%s\n' "$root" >.venv/topsheet.root
    fi
    "$uv" pip sync --python .venv/bin/python --require-hashes --strict requirements.lock >"$log" 2>&1 ||
        explain "The packages of requirements.lock"
    stamp >.venv/topsheet.stamp
}

if ! is_built; then
    [ -f requirements.lock ] || fail "requirements.lock is missing. Check the project out again."
    mkdir -p .uv 2>/dev/null && : 2>/dev/null >>.uv/lock ||
        fail "The project folder $root is not writable. Mend its owner and mode."
    exec 9>>.uv/lock
    # Two starts at once: the second waits for the first to finish building.
    if command -v flock >/dev/null 2>&1; then flock 9; fi
    is_built || build "$@"
    exec 9>&-
fi
if [ "${1:-}" = lock ]; then # needs uv, which an environment built before may have come without
    python=.venv/bin/python
    mkdir -p .uv
    find_uv
    exec "$uv" pip compile --universal --generate-hashes --python-version 3.12 --group dev \
        --no-header --no-emit-index-url --no-emit-find-links --quiet --output-file requirements.lock pyproject.toml
fi
exec .venv/bin/python -m deploy "$@"
