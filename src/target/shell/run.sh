for d in "/dev/shm/@TOKEN@" "${TMPDIR:-/tmp}/@TOKEN@"; do
  [ -d "$d" ] && break
done
[ -d "$d" ] || { echo 'what this session carried is gone' >&2; exit 75; }
(
  umask 077
  @FETCH@ | base64 -d >"$d/@STEP@"
) || exit
trap : INT QUIT
if command -v bash >/dev/null 2>&1; then bash --noprofile --norc "$d/step.bash" '@STEP@'; else sh "$d/step.sh" '@STEP@'; fi
exit $?
