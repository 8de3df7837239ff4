#!/bin/sh
# The docker command, as far as bg deploy goes: it notes what it is told in
# docker.log, keeps images as files, and does to bg what a script asks for
# with files of these names: no-compose, kill-at-VERB, fail-at-VERB.
cd "$WORK" || exit 1
echo "$*" | sed "s|$WORK|WORK|g" >>docker.log
mkdir -p images
fail() {
	echo "$1" >&2
	exit 1
}
image() { echo "images/$(echo "$1" | tr /: __)"; }
at() {
	if [ -f "kill-at-$1" ]; then
		rm "kill-at-$1"
		kill -9 "$PPID"
		exit 1
	fi
	[ ! -f "fail-at-$1" ] || fail "$(cat "fail-at-$1")"
}
case "$*" in
'compose version --short')
	[ ! -f no-compose ] || fail "docker: 'compose' is not a docker command."
	echo v5.6.0
	;;
'version --format {{.Server.Version}}') echo "${ENGINE:-20.10.24}" ;;
'info '*) echo "${ROOT_DIR:-/nowhere}" ;;
'context inspect'*) echo unix:///var/run/docker.sock ;;
'network inspect --format {{.Name}} bg')
	[ ! -f no-network ] || fail 'Error: No such network: bg'
	echo bg
	;;
'network inspect'* | 'volume inspect'*) fail 'Error: No such thing' ;;
'network create'* | 'volume create'*) ;;
'image inspect'*)
	[ -f "$(image "$5")" ] || fail "Error: No such image: $5"
	cat "$(image "$5")"
	;;
'image tag'*) echo "$3" >"$(image "$4")" ;;
'image rm'*) rm "$(image "$3")" ;;
'ps '*) printf 'c1\nc2\n' ;;
'logs '*) printf 'first line\nlast line of %s\n' "$5" ;;
'compose -p shop -f '*' build'*)
	at build
	echo '#1 building' >&2
	echo sha256:built >"$(image shop-worker)"
	;;
'compose -p shop ps'*)
	[ ! -f db-up ] || echo '{"Name":"shop-db-1","Service":"db","State":"running","Health":"healthy"}'
	;;
'compose -p shop -f '*' up '*)
	at shared
	echo ' Container shop-db-1  Started' >&2
	touch db-up
	;;
*' create --pull never '*)
	at create
	echo ' Container shop-green-web-1  Created' >&2
	;;
*' up -d --no-recreate --no-build '*)
	at start
	echo ' Container shop-green-web-1  Started' >&2
	touch started
	;;
*' down --remove-orphans') ;;
*) fail "the fake docker does not know: $*" ;;
esac
