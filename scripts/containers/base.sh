# Makes two images without a registry of images. `pruntime-base` has BusyBox, `flock` and libraries of Debian,
# and this machine's Node.js. `pruntime-build-base` also has npm with its cache, and this machine's
# certificates. Takes an empty folder.
base=$1
mkdir -p "$base/debs" "$base/root"
(cd "$base/debs" && apt-get download -qq libc6 libstdc++6 libgcc-s1 util-linux busybox-static 2>/dev/null)
for deb in "$base"/debs/*.deb; do dpkg -x "$deb" "$base/root"; done
(
  cd "$base/root"
  mkdir -p etc tmp usr/bin usr/local/bin root
  chmod 1777 tmp
  for applet in $(bin/busybox --list); do [ -e "bin/$applet" ] || ln -s busybox "bin/$applet"; done
  ln -s /bin/env usr/bin/env
  cp "$(readlink -f "$(command -v node)")" usr/local/bin/node
  printf 'root:x:0:0::/root:/bin/sh\nnode:x:1000:1000::/tmp:/bin/sh\n' >etc/passwd
  printf 'root:x:0:\nnode:x:1000:\n' >etc/group
)
path='ENV PATH=/usr/local/bin:/usr/bin:/bin'
tar -C "$base/root" --owner=0 --group=0 -c . | docker import -c "$path" - pruntime-base >/dev/null

mkdir -p "$base/more/usr/local/lib/node_modules" "$base/more/npm-cache" "$base/more/etc"
cp -R "$(npm root -g)/npm" "$base/more/usr/local/lib/node_modules/"
cp /etc/ssl/certs/ca-certificates.crt "$base/more/etc/ca.crt"
cp -R "$(npm config get cache)/_cacache" "$base/more/npm-cache/" 2>/dev/null || true
cat >"$base/more/Dockerfile" <<'EOF'
FROM pruntime-base
COPY . /
RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm
ENV NODE_EXTRA_CA_CERTS=/etc/ca.crt npm_config_cache=/npm-cache npm_config_prefer_offline=true
EOF
docker build -q -t pruntime-build-base "$base/more" >/dev/null
