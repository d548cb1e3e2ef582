#!/bin/sh
# Makes the root folder of an image that starts from nothing: a few Debian packages, unpacked and not installed, with
# what they need around them. The Dockerfiles and the test suite run this same script, so what is tested is what ships.
#
#   [OWNED="FOLDER..."] rootfs.sh DESTINATION PACKAGE[:ARCHITECTURE]...
#
# Nothing of the packages is run: any architecture can be put together on any machine.
# OWNED   folders that belong to the image's user, 65532 (only root can give them away; else they are the caller's)
set -eu

if [ "$#" -lt 2 ]; then
  echo "usage: [OWNED=\"FOLDER...\"] rootfs.sh DESTINATION PACKAGE..." >&2
  exit 2
fi
mkdir -p "$1"
root=$(cd "$1" && pwd)
shift

packages=$(mktemp -d)
trap 'rm -rf "$packages"' EXIT
(cd "$packages" && apt-get -qq -o APT::Sandbox::User=root download "$@")

# Debian's own layout since 12: everything below /usr, the old names as links.
for name in bin sbin lib lib64; do
  mkdir -p "$root/usr/$name"
  ln -sfn "usr/$name" "$root/$name"
done

mkdir -p "$root/var/lib/dpkg/status.d"
for package in "$packages"/*.deb; do
  dpkg-deb --fsys-tarfile "$package" | tar --extract --keep-directory-symlink --directory "$root"
  # Without a package manager inside, this is how scanners learn what the image is made of.
  dpkg-deb --field "$package" > "$root/var/lib/dpkg/status.d/$(dpkg-deb --field "$package" Package)"
done
cp -L /etc/os-release "$root/etc/os-release"

# The bundle that `update-ca-certificates` would make, with every authority of the package.
if [ -d "$root/usr/share/ca-certificates" ]; then
  mkdir -p "$root/etc/ssl/certs"
  find "$root/usr/share/ca-certificates" -name '*.crt' | LC_ALL=C sort | xargs cat > "$root/etc/ssl/certs/ca-certificates.crt"
fi

# What only people and package managers read, and character sets that nothing here converts. Licences stay.
find "$root/usr/share/doc" ! -type d ! -name copyright -delete
rm -rf "$root"/usr/share/ca-certificates "$root"/usr/share/man "$root"/usr/share/info "$root"/usr/share/locale \
  "$root"/usr/share/lintian "$root"/usr/share/bug "$root"/usr/share/initramfs-tools "$root"/usr/share/perl5 \
  "$root"/usr/lib/*/gconv "$root"/usr/lib/*/audit "$root"/etc/ca-certificates "$root"/etc/init.d "$root"/usr/lib/systemd \
  "$root"/usr/lib/init "$root"/usr/sbin/update-*
find "$root" -mindepth 2 -type d -empty ! -path "$root/usr/*bin" ! -path "$root/usr/lib*" -delete

# Enough for health checks, for somebody who opens a terminal in the container, and to give away, pack and unpack a
# volume with nothing but this image.
if [ -x "$root/usr/bin/busybox" ]; then
  for name in sh wget cat chmod chown df du env grep gzip head hostname id ls mkdir nslookup ps rm tail tar top vi; do
    ln -sf busybox "$root/usr/bin/$name"
  done
fi

cat > "$root/etc/passwd" <<'END'
root:x:0:0:root:/:/bin/sh
aichat:x:65532:65532:AIChat:/app:/bin/sh
END
cat > "$root/etc/group" <<'END'
root:x:0:
aichat:x:65532:
END
echo 'hosts: files dns' > "$root/etc/nsswitch.conf"
mkdir -p "$root/tmp" "$root/proc" "$root/dev" "$root/sys"
chmod 1777 "$root/tmp"
for folder in ${OWNED:-}; do
  mkdir -p "$root/$folder"
  if [ "$(id -u)" = 0 ]; then chown 65532:65532 "$root/$folder"; fi
done
