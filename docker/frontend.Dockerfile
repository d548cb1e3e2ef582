# syntax=docker/dockerfile:1.7
# The frontend: Caddy, which serves the web client and passes /api, /v1 and /docs to the backend, as user 65532.
#
#   docker build -f docker/frontend.Dockerfile -t aichat-frontend .
#
# The client is WebAssembly: built once, the same for every architecture.

FROM --platform=$BUILDPLATFORM node:22.23.2-bookworm-slim AS node

FROM --platform=$BUILDPLATFORM rust:1.95.0-bookworm AS web
ARG WASM_BINDGEN_VERSION=0.2.129
ARG TRUNK_VERSION=0.21.14
ARG WASM_SPLIT_VERSION=0.2.3
# The toolchain of this image; rust-toolchain.toml would fetch it again for components that only developers need.
ENV RUSTUP_TOOLCHAIN=1.95.0
WORKDIR /src
RUN rustup target add wasm32-unknown-unknown
RUN cargo install --locked --root .tools "wasm-bindgen-cli@${WASM_BINDGEN_VERSION}"
RUN cargo install --locked --root .tools --no-default-features --features rustls "trunk@${TRUNK_VERSION}"
RUN cargo install --locked --root .tools --features build-binary "wasm_split_cli_support@${WASM_SPLIT_VERSION}"
COPY --from=node /usr/local/bin/node /usr/local/bin/node
COPY --from=node /usr/local/lib/node_modules /usr/local/lib/node_modules
RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm
COPY package.json package-lock.json ./
# The stamp tells `cargo xtask` that the packages of this lock file are there.
RUN npm ci --no-audit --no-fund && cp package-lock.json .tools/npm.stamp
COPY . .
ARG REVISION=unknown
# As in backend.Dockerfile; one build at a time has the two folders.
RUN --mount=type=cache,id=web-registry,target=/usr/local/cargo/registry,sharing=locked \
  --mount=type=cache,id=web-target,target=/src/target,sharing=locked \
  find . \( -path ./target -o -path ./.tools -o -name node_modules \) -prune -o -type f -exec touch {} + \
  && AICHAT_COMMIT="$REVISION" cargo xtask web && cp -r target/spa /spa

FROM caddy:2.11.7-alpine AS caddy

FROM --platform=$BUILDPLATFORM debian:bookworm-20260918-slim AS rootfs
ARG TARGETARCH
RUN dpkg --add-architecture "$TARGETARCH" && apt-get update
COPY docker/rootfs.sh /rootfs.sh
RUN OWNED="data config" /rootfs.sh /rootfs "busybox-static:$TARGETARCH" ca-certificates
# A plain copy loses the file's capability to bind low ports; with it, a container that drops all capabilities could
# not start the program at all.
COPY --from=caddy /usr/bin/caddy /caddy
RUN install -D /caddy /out/caddy

FROM scratch
COPY --from=rootfs /rootfs/ /
COPY --chmod=755 docker/curl /usr/bin/curl
COPY --from=rootfs /out/caddy /usr/bin/caddy
COPY Caddyfile /etc/caddy/Caddyfile
COPY --from=web /spa/ /srv/
# Paths and defaults of the container; whatever an operator sets wins over them.
ENV BACKEND_HOST=backend XDG_DATA_HOME=/data XDG_CONFIG_HOME=/config
WORKDIR /srv
USER 65532:65532
EXPOSE 3000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=10s --start-period=30s --retries=3 CMD ["wget", "-q", "-O", "/dev/null", "http://127.0.0.1:3000/api/health"]
ENTRYPOINT ["/usr/bin/caddy"]
CMD ["run", "--config", "/etc/caddy/Caddyfile", "--adapter", "caddyfile"]
ARG VERSION=unknown
ARG REVISION=unknown
ARG SOURCE=https://github.com/aichat-rs/aichat
LABEL org.opencontainers.image.title="AIChat frontend" \
  org.opencontainers.image.version="$VERSION" \
  org.opencontainers.image.revision="$REVISION" \
  org.opencontainers.image.source="$SOURCE" \
  org.opencontainers.image.licenses="MIT"
