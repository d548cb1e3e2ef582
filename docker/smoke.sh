#!/bin/sh
# Tries two built images with an engine: starts docker/compose.yml with them, registers, and chats with the fake model.
#
#   docker/smoke.sh BACKEND_IMAGE FRONTEND_IMAGE
set -eu

if [ "$#" -ne 2 ]; then
  echo "usage: docker/smoke.sh BACKEND_IMAGE FRONTEND_IMAGE" >&2
  exit 2
fi
export AICHAT_BACKEND_IMAGE="$1" AICHAT_FRONTEND_IMAGE="$2" COMPOSE_PROJECT_NAME=aichat-smoke
cd "$(dirname "$0")/.."
compose="docker compose --file docker/compose.yml"

cargo build --locked --package mock-llm
built=$(cd "${CARGO_TARGET_DIR:-target}" && pwd)
model=
end() {
  status=$?
  [ "$status" -eq 0 ] || $compose logs
  [ -z "$model" ] || docker rm --force "$model" > /dev/null
  # Only what this run made: the project has a name of its own.
  $compose down --volumes
  exit "$status"
}
trap end EXIT

$compose up --detach --wait --wait-timeout 120
# The fake model never leaves loopback: it moves into the backend's network.
backend=$($compose ps --quiet backend)
model=$(docker run --detach --network "container:$backend" --volume "$built/debug/mock-llm:/mock-llm:ro" \
  ubuntu:24.04 /mock-llm --port 9100)
node docker/tests/smoke.mjs http://127.0.0.1:3555 http://127.0.0.1:9100/v1
