#!/usr/bin/env bash
# Builds the release's file for TARGET into dist/, under the name and with the checksum that
# install.sh looks for. VERSION is the tag.
set -euo pipefail

tag="${VERSION:?}"
version="${tag#v}"
target="${TARGET:?}"
name="plimsoll-${version}-${target}.tar.gz"

cd "$(dirname "${BASH_SOURCE[0]}")/.."
held="$(sed -n 's/^version = "\(.*\)"$/\1/p' Cargo.toml | head -n 1)"
if [[ "${held}" != "${version}" ]]; then
    echo "the tag says ${version}, Cargo.toml says ${held}" >&2
    exit 1
fi

rustup target add "${target}"
cargo build --release --locked --bin plimsoll --target "${target}"
mkdir -p dist
tar -czf "dist/${name}" LICENSE-APACHE LICENSE-MIT -C "target/${target}/release" plimsoll
(cd dist && sha256sum "${name}" >"${name}.sha256")
