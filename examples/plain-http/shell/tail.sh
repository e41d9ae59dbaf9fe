#!/usr/bin/env bash
# Follows a stream by long-polling with curl: tail.sh URL [OFFSET]. Data on standard output, the last offset on standard error.
set -uo pipefail
url=$1 offset=${2:--1} live='' wait=1
answer=$(mktemp -d)
trap 'rm -rf "$answer"' EXIT

# The value of a header of the answer; names in any case.
header() { tr -d '\r' < "$answer/head" | sed -n "s/^$1: //Ip" | tail -n 1; }

while true; do
  status=$(curl --silent --get --max-time 60 --data-urlencode "offset=$offset" ${live:+--data live=long-poll} \
    --dump-header "$answer/head" --output "$answer/body" --write-out '%{http_code}' "$url")
  code=$?
  case "$code:$status" in
    0:200 | 0:204)
      [ "$status" = 204 ] || cat "$answer/body" # data first: the offset counts once it is processed
      offset=$(header Stream-Next-Offset)
      echo "offset $offset" >&2
      [ "$(header Stream-Closed)" = true ] && exit 0
      live=$(header Stream-Up-To-Date) # at the tail: wait there
      wait=1
      ;;
    0:4?? | 0:501)
      [ "$status" = 429 ] || { echo "refused: $status" >&2; exit 1; }
      sleep "$wait"
      ;;
    *) # no answer, half an answer, or a server in trouble: the same offset again, a little later
      sleep "$wait"
      wait=$((wait < 30 ? wait * 2 : 30))
      ;;
  esac
done
