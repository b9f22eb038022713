# Finds or starts a Docker engine with compose, and exports DOCKER_HOST and DOCKER_CONFIG for it. Takes an
# empty folder. Where no engine runs, it starts one of Debian's, as root. If that is not possible either, it
# says so and ends the script.
folder=$1
export DOCKER_BUILDKIT=1 DOCKER_CONFIG=$folder/config
mkdir -p "$DOCKER_CONFIG/cli-plugins"

skip() {
  echo "skipped: $1"
  exit 0
}

# Debian's client builds with BuildKit by itself. Others need a plugin for that, so Debian's is preferred.
docker() {
  if [ -x /usr/bin/docker ]; then /usr/bin/docker "$@"; else command docker "$@"; fi
}

if ! docker info >/dev/null 2>&1; then
  [ "$(id -u)" = 0 ] || skip "no Docker engine runs, and only root can start one"
  command -v apt-get >/dev/null || skip "no Docker engine runs, and this is not Debian"
  if [ ! -x /usr/sbin/dockerd ]; then
    apt-get update -qq
    packages="docker.io iptables"
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $packages >/dev/null ||
      skip "Debian's docker.io cannot be installed"
  fi
  PATH=/usr/bin:/usr/sbin:$PATH dockerd --data-root "$folder/data" --exec-root "$folder/exec" \
    --host "unix://$folder/docker.sock" --pidfile "$folder/docker.pid" >"$folder/dockerd.log" 2>&1 &
  export DOCKER_HOST=unix://$folder/docker.sock
  for _ in $(seq 150); do
    docker info >/dev/null 2>&1 && break
    kill -0 $! 2>/dev/null || break
    sleep 0.1
  done
  docker info >/dev/null 2>&1 || skip "Debian's dockerd does not run here: $(tail -1 "$folder/dockerd.log")"
fi

# Debian 12 has no compose 2, so the package of Debian 13 is unpacked. Its program is linked statically.
compose=docker-compose_2.26.1-4_amd64.deb
sum=47681197cb2b1ab88206b42a1a92fc75f50d9530a6322d03494a473eed0408ea
if ! docker compose version >/dev/null 2>&1; then
  curl -sfo "$folder/$compose" "http://deb.debian.org/debian/pool/main/d/docker-compose/$compose" ||
    skip "Debian's docker-compose cannot be fetched"
  echo "$sum  $folder/$compose" | sha256sum -c --quiet -
  dpkg -x "$folder/$compose" "$folder/compose"
  cp "$folder/compose/usr/libexec/docker/cli-plugins/docker-compose" "$DOCKER_CONFIG/cli-plugins/"
fi
