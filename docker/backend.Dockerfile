# syntax=docker/dockerfile:1.7
# The backend: one binary on a root of three Debian packages, as user 65532, healthy without a shell.
#
#   docker build -f docker/backend.Dockerfile -t aichat-backend .
#
# arm64 is cross-compiled on the machine that builds, never emulated. The binary is the one that releases carry:
# `cargo xtask portable` builds it with the same tools, which it reads from this file.

FROM --platform=$BUILDPLATFORM rust:1.95.0-bookworm AS tools
ARG ZIGLANG_VERSION=0.15.2
ARG CARGO_ZIGBUILD_VERSION=0.24.1
# The toolchain of this image; rust-toolchain.toml would fetch it again for components that only developers need.
ENV RUSTUP_TOOLCHAIN=1.95.0 PATH=/opt/zig/bin:$PATH
# A stable release of Debian gets security fixes only: its newest packages are wanted, so no version is pinned.
# hadolint ignore=DL3008
RUN apt-get update && apt-get install -y --no-install-recommends python3-venv && rm -rf /var/lib/apt/lists/*
RUN python3 -m venv /opt/zig && pip install --no-cache-dir "ziglang==${ZIGLANG_VERSION}"
RUN cargo install --locked "cargo-zigbuild@${CARGO_ZIGBUILD_VERSION}"
RUN rustup target add x86_64-unknown-linux-gnu aarch64-unknown-linux-gnu

FROM tools AS build
ARG TARGETARCH
ARG REVISION=unknown
WORKDIR /src
COPY . .
# Dependencies are compiled once: both folders stay on the machine that builds, a pair for each architecture, because
# both are built at the same time. cargo believes the times of files, and those of an older commit may be older than
# what lies in the cache: so every source is new.
RUN --mount=type=cache,id=backend-registry-$TARGETARCH,target=/usr/local/cargo/registry \
  --mount=type=cache,id=backend-target-$TARGETARCH,target=/src/target \
  find . -path ./target -prune -o -type f -exec touch {} + \
  && case "$TARGETARCH" in amd64) machine=x86_64 ;; arm64) machine=aarch64 ;; *) exit 1 ;; esac \
  && AICHAT_COMMIT="$REVISION" cargo zigbuild --release --locked --package server --bin aichat \
  --target "$machine-unknown-linux-gnu.2.17" \
  && install -D "target/$machine-unknown-linux-gnu/release/aichat" /out/aichat

FROM --platform=$BUILDPLATFORM debian:bookworm-20260918-slim AS rootfs
ARG TARGETARCH
RUN dpkg --add-architecture "$TARGETARCH" && apt-get update
COPY docker/rootfs.sh /rootfs.sh
RUN OWNED="app/data app/logs app/storage/chat-images" /rootfs.sh /rootfs \
  "libc6:$TARGETARCH" "busybox-static:$TARGETARCH" ca-certificates

FROM scratch
COPY --from=rootfs /rootfs/ /
COPY --chmod=755 docker/curl /usr/bin/curl
COPY --from=build /out/aichat /usr/bin/aichat
# Paths and defaults of the container; whatever an operator sets wins over them.
ENV HOST=0.0.0.0 DATA_DIR=/app/data RUN_AS=65532:65532
WORKDIR /app
USER 65532:65532
EXPOSE 8001
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=10s --start-period=30s --retries=3 CMD ["/usr/bin/aichat", "healthcheck"]
ENTRYPOINT ["/usr/bin/aichat"]
ARG VERSION=unknown
ARG REVISION=unknown
ARG SOURCE=https://github.com/aichat-rs/aichat
LABEL org.opencontainers.image.title="AIChat backend" \
  org.opencontainers.image.version="$VERSION" \
  org.opencontainers.image.revision="$REVISION" \
  org.opencontainers.image.source="$SOURCE" \
  org.opencontainers.image.licenses="MIT"
