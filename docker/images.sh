#!/bin/sh
# Builds both images for both architectures, and pushes them where it is told to.
#
#   docker/images.sh [--push] PREFIX TAG...
#
# PREFIX   what stands in front of the image's name: `docker.cnb.cool/aichat-rs/aichat/` or `ghcr.io/aichat-rs/aichat-`
# TAG      a commit or a version; `v0.1.0` becomes `0.1.0`, and `0.1` and `latest` come with it, but not with what is no
#          release yet, such as `v0.2.0-rc.1`
#
# VERSION, REVISION, SOURCE   what the images' labels say; by default what Cargo.toml and git say
set -eu

push=
if [ "${1:-}" = --push ]; then
  push=--push
  shift
fi
if [ "$#" -lt 2 ]; then
  echo "usage: docker/images.sh [--push] PREFIX TAG..." >&2
  exit 2
fi
prefix=$1
shift
cd "$(dirname "$0")/.."

version=${VERSION:-$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)}
revision=${REVISION:-$(git rev-parse HEAD)}
source=${SOURCE:-$(sed -n 's/^repository = "\(.*\)"/\1/p' Cargo.toml | head -n 1)}

# Every name that a tag stands for.
names_of() {
  echo "${1#v}"
  case $1 in
    *-*) ;;
    v[0-9]*.[0-9]*.[0-9]*)
      release=${1#v}
      echo "${release%.*}"
      echo latest
      ;;
  esac
}

for image in backend frontend; do
  tags=
  for tag in "$@"; do
    for name in $(names_of "$tag"); do tags="$tags --tag $prefix$image:$name"; done
  done
  # Tags have no spaces: the registry would not take them.
  # shellcheck disable=SC2086
  docker buildx build --file "docker/$image.Dockerfile" --platform linux/amd64,linux/arm64 \
    --build-arg VERSION="$version" --build-arg REVISION="$revision" --build-arg SOURCE="$source" $tags $push .
done
