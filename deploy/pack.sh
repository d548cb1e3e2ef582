#!/bin/sh
# Packs what `cargo xtask portable x86_64 aarch64` built for a release: one archive for each machine, and SHA256SUMS.
#
#   deploy/pack.sh VERSION FOLDER
set -eu

if [ "$#" -ne 2 ]; then
  echo "usage: deploy/pack.sh VERSION FOLDER" >&2
  exit 2
fi
version=$1
mkdir -p "$2"
folder=$(cd "$2" && pwd)
cd "$(dirname "$0")/.."
built=${CARGO_TARGET_DIR:-target}

for machine in x86_64 aarch64; do
  name=aichat-$version-linux-$machine
  mkdir -p "$folder/$name"
  cp "$built/$machine-unknown-linux-gnu/release/aichat" deploy/aichat.service deploy/aichat-ctl deploy/install.sh \
    .env.example LICENSE README.md README.zh-CN.md CHANGELOG.md "$folder/$name"
  # The same files make the same archive, whoever packs them.
  tar --create --sort=name --owner=0 --group=0 --numeric-owner --mtime=@0 --directory "$folder" "$name" |
    gzip -9 -n > "$folder/$name.tar.gz"
  rm -r "${folder:?}/$name"
done
cd "$folder" && sha256sum ./*.tar.gz | sed 's# \./# #' > SHA256SUMS
