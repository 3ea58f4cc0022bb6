#!/usr/bin/env bash
# Gets the plimsoll binary and names it in the step's output `binary`: the release's own file
# where there is one for the version and machine, and otherwise a build of the action's checkout.
#
# Reads INPUT_VERSION, ACTION_REF, ACTION_REPOSITORY and what GitHub gives every step.
set -euo pipefail

home="${RUNNER_TEMP:?}/plimsoll"
checkout="${GITHUB_ACTION_PATH:?}"

fail() {
    echo "::error title=plimsoll::$1"
    exit 3
}

# The version that was asked for; nothing when it is "what the action's checkout holds".
wanted_version() {
    local asked="${INPUT_VERSION:-}"
    if [[ -z "${asked}" && "${ACTION_REF:-}" =~ ^v[0-9]+\.[0-9]+\.[0-9]+ ]]; then
        asked="${ACTION_REF}"
    fi
    echo "${asked#v}"
}

# The workspace's version is the first one in its manifest.
checkout_version() {
    sed -n 's/^version = "\(.*\)"$/\1/p' "${checkout}/Cargo.toml" | head -n 1
}

release_target() {
    local machine
    machine="$(uname -sm)"
    case "${machine}" in
        "Linux x86_64") echo x86_64-unknown-linux-musl ;;
        "Linux aarch64") echo aarch64-unknown-linux-musl ;;
        *) ;;
    esac
}

fetch() {
    curl --silent --show-error --fail --location --proto-redir '=https' --retry 3 \
        --max-time 120 --output "$2" "$1"
}

# Succeeds when the release has a file for this machine; a file that is not what the release
# says it is ends the run, for building instead would hide it.
download() {
    local version="$1" target name url
    target="$(release_target)"
    [[ -n "${target}" ]] || return 1
    name="plimsoll-${version}-${target}.tar.gz"
    url="${GITHUB_SERVER_URL:-https://github.com}/${ACTION_REPOSITORY:-plimsoll/plimsoll}/releases/download/v${version}"
    mkdir -p "${home}/download" "${home}/bin"
    fetch "${url}/${name}" "${home}/download/${name}" || return 1
    fetch "${url}/${name}.sha256" "${home}/download/${name}.sha256" \
        || fail "release ${version} has no checksum for ${name}"
    (cd "${home}/download" && sha256sum --check --status "${name}.sha256") \
        || fail "${name} is not the file that release ${version} was made with"
    tar -xzf "${home}/download/${name}" -C "${home}/bin" plimsoll \
        || fail "${name} holds no plimsoll"
}

build() {
    local wanted="$1" held
    held="$(checkout_version)"
    if [[ -n "${wanted}" && "${wanted}" != "${held}" ]]; then
        fail "there is no release ${wanted} for this machine, and this checkout of the action is ${held}; use the action at v${wanted}, or leave version empty"
    fi
    command -v cargo >/dev/null || fail "building plimsoll needs cargo on the runner; see https://rustup.rs"
    echo "building plimsoll ${held}"
    # Started in the checkout, so that its rust-toolchain.toml chooses the compiler.
    cd "${checkout}"
    CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-${home}/target}" \
        cargo install --quiet --locked --force --path . --root "${home}"
}

version="$(wanted_version)"
if [[ -n "${version}" ]] && download "${version}"; then
    echo "fetched plimsoll ${version}"
else
    build "${version}"
fi
"${home}/bin/plimsoll" --version
echo "binary=${home}/bin/plimsoll" >>"${GITHUB_OUTPUT:?}"
