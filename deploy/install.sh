#!/bin/sh
# Looks whether AIChat can live on this machine, and installs the single program as a service of systemd.
#
#   install.sh --check            says line by line whether the machine is fit: for the images if docker is here, else
#                                 for the program; `--check docker` and `--check program` choose
#   install.sh PROGRAM            installs that file with aichat.service and aichat-ctl, which lie beside this script; run
#                                 it again with a newer program to upgrade. The data in /var/lib/aichat stays.
#
# FRONTEND_PORT, BACKEND_PORT   ports of the compose files to look for (3555 and 3556)
# PORT                          port of the program to look for (8001)
# DESTDIR                       a folder to install below instead of /: puts files there, and changes nothing else
set -eu

failed=0

ok() { echo "ok    $*"; }

bad() {
  echo "FAIL  $*"
  failed=1
}

usage() {
  sed -n '/^#   install/,/^#$/s/^# \{0,1\}//p' "$0" >&2
  exit 2
}

# The first two numbers of a version: `24.0` of `Docker version 24.0.7, build afdd53b`.
version_of() { sed -n 's/^[^0-9]*\([0-9][0-9]*\.[0-9][0-9]*\).*/\1/p' | head -n 1; }

# Whether a version, such as 19.03, is at least another, such as 20.10.
at_least() {
  [ "${1%%.*}" -gt "${2%%.*}" ] || { [ "${1%%.*}" -eq "${2%%.*}" ] && [ "${1#*.}" -ge "${2#*.}" ]; }
}

require_version() { # NAME FOUND OLDEST
  if [ -z "$2" ]; then
    bad "$1 does not say its version; needs >= $3"
  elif at_least "$2" "$3"; then
    ok "$1 $2"
  else
    bad "$1 needs >= $3 (found $2): upgrade it"
  fi
}

check_docker() {
  if ! command -v docker > /dev/null; then
    bad "docker is not here: install it from https://docs.docker.com/engine/install/, or install the program instead"
    return
  fi
  require_version docker "$(docker --version | version_of)" 20.10
  if found=$(docker compose version --short 2> /dev/null); then
    require_version "docker compose" "$(echo "$found" | version_of)" 2.4
  elif command -v docker-compose > /dev/null; then
    require_version docker-compose "$(docker-compose --version | version_of)" 2.4
  else
    bad "docker compose is not here: install the package docker-compose-plugin"
  fi
  if docker info > /dev/null 2>&1; then
    ok "the docker daemon answers"
  else
    bad "the docker daemon does not answer: start it, and run this as root or as a member of the group docker"
  fi
}

# The number of this machine's systemd; nothing where there is none.
systemd_version() { systemctl --version 2> /dev/null | sed -n '1s/^systemd \([0-9]*\).*/\1/p'; }

check_program() {
  found=$(getconf GNU_LIBC_VERSION 2> /dev/null | version_of || true)
  if [ -n "$found" ]; then
    require_version glibc "$found" 2.17
  else
    bad "glibc is not here (Alpine has another C library): use the images"
  fi
  if command -v systemctl > /dev/null; then
    ok "systemd $(systemd_version)"
  else
    bad "systemd is not here: start the program by hand or by your own supervisor"
  fi
}

check_machine() {
  case $(uname -m) in
    x86_64 | aarch64 | arm64) ok "machine $(uname -m)" ;;
    *) bad "machine $(uname -m): AIChat is built for x86_64 and aarch64" ;;
  esac
  memory=$(($(sed -n 's/^MemTotal: *\([0-9]*\) kB/\1/p' /proc/meminfo) / 1024))
  if [ "$memory" -ge 256 ]; then ok "memory $memory MB"; else bad "memory $memory MB: needs >= 256 MB"; fi
  space=$(($(df -Pk /var/lib | awk 'NR == 2 { print $4 }') / 1024))
  if [ "$space" -ge 1024 ]; then ok "space in /var/lib $space MB"; else bad "space in /var/lib $space MB: needs >= 1024 MB"; fi
}

# Looks for a listener in the kernel's own table: state 0A, port in hexadecimal.
check_port() { # PORT VARIABLE
  if grep -qi "^ *[0-9]*: [0-9A-F]*:$(printf '%04X' "$1") [0-9A-F:]* 0A " /proc/net/tcp /proc/net/tcp6 2> /dev/null; then
    bad "port $1 is taken: end who listens there (\`ss -ltnp\` names it), or set $2 to another port"
  else
    ok "port $1 is free"
  fi
}

check() {
  kind=${1:-}
  if [ -z "$kind" ]; then
    if command -v docker > /dev/null; then kind=docker; else kind=program; fi
  fi
  check_machine
  case $kind in
    docker)
      check_docker
      check_port "${FRONTEND_PORT:-3555}" FRONTEND_PORT
      check_port "${BACKEND_PORT:-3556}" BACKEND_PORT
      ;;
    program)
      check_program
      check_port "${PORT:-8001}" PORT
      ;;
    *) usage ;;
  esac
  exit "$failed"
}

stop() {
  echo "install.sh: $*" >&2
  exit 1
}

install_program() {
  # Without a folder in front, the shell would look for another program of that name.
  case $1 in */*) program=$1 ;; *) program=./$1 ;; esac
  root=${DESTDIR:-}
  beside=$(dirname "$0")
  [ -f "$program" ] || stop "$program is no file: name the downloaded program"
  for file in aichat.service aichat-ctl; do
    [ -f "$beside/$file" ] || stop "$beside/$file is missing: keep it beside this script"
  done
  [ -n "$root" ] || [ "$(id -u)" = 0 ] || stop "installing needs root: run it by sudo"
  [ -n "$root" ] || command -v systemctl > /dev/null || stop "systemd is not here: start $program by hand or by your own supervisor"
  chmod +x "$program"
  version=$("$program" --version) || stop "$program does not run here: is it the one for $(uname -m)?"

  put_files
  if [ -n "$root" ]; then
    echo "$version is installed below $root"
  else
    start_service
  fi
}

put_files() {
  mkdir -p "$root/usr/local/bin" "$root/etc/systemd/system" "$root/etc/aichat"
  # systemd before 235 (CentOS 7) does not make the StateDirectory by itself.
  mkdir -p "$root/var/lib/aichat"
  put_program "$program" aichat
  put_program "$beside/aichat-ctl" aichat-ctl
  unit_for "$(systemd_version)" > "$root/etc/systemd/system/aichat.service"
  chmod 644 "$root/etc/systemd/system/aichat.service"
  if [ ! -e "$root/etc/aichat/env" ]; then
    echo "# Settings of AIChat, one NAME=VALUE a line: \`aichat --help\` and docs/environment.md name them." > "$root/etc/aichat/env"
    chmod 600 "$root/etc/aichat/env"
  fi
}

# Beside the old one and then over it: a program that runs cannot be written to.
put_program() { # FILE NAME
  cp "$1" "$root/usr/local/bin/$2.new"
  chmod 755 "$root/usr/local/bin/$2.new"
  mv "$root/usr/local/bin/$2.new" "$root/usr/local/bin/$2"
}

# systemd before 239 (CentOS 7, Ubuntu 18.04) does not know the group of system calls that the unit allows, and would
# allow next to none instead: the service could not start. Without these lines all are allowed.
unit_for() { # VERSION
  if [ "${1:-239}" -ge 239 ]; then
    cat "$beside/aichat.service"
  else
    sed '/^SystemCallFilter=/d' "$beside/aichat.service"
  fi
}

start_service() {
  id aichat > /dev/null 2>&1 \
    || useradd --system --user-group --home-dir /var/lib/aichat --shell /usr/sbin/nologin aichat
  chown aichat:aichat /var/lib/aichat
  systemctl daemon-reload
  systemctl enable aichat
  systemctl restart aichat
  url=$(service_url) || stop "$version is installed, but its settings cannot be used: correct /etc/aichat/env"
  tries=30
  until "$ctl" healthcheck > /dev/null 2>&1; do
    tries=$((tries - 1))
    [ "$tries" -gt 0 ] || stop "$version is installed but does not answer at $url: \`journalctl -u aichat\` says why"
    sleep 1
  done
  echo "$version is installed and runs at $url; its log: journalctl -u aichat; its faults: sudo $ctl doctor"
}

ctl=/usr/local/bin/aichat-ctl

# Where this machine reaches the service, by the service's own settings.
service_url() {
  shown=$("$ctl" config show) || return 1
  host=$(echo "$shown" | sed -n 's/^HOST = //p')
  port=$(echo "$shown" | sed -n 's/^PORT = //p')
  case $host in 0.0.0.0 | ::) host=127.0.0.1 ;; *:*) host="[$host]" ;; esac
  echo "http://$host:$port"
}

case ${1:-} in
  --check)
    [ "$#" -le 2 ] || usage
    check "${2:-}"
    ;;
  "" | -*) usage ;;
  *)
    [ "$#" -eq 1 ] || usage
    install_program "$1"
    ;;
esac
