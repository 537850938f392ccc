d=
for b in /dev/shm "${TMPDIR:-/tmp}"; do
  if [ -d "$b/@TOKEN@" ] && [ ! -h "$b/@TOKEN@" ] && [ -O "$b/@TOKEN@" ]; then d=$b/@TOKEN@; break; fi
  if [ -d "$b" ] && [ -w "$b" ] && mkdir -m 700 "$b/@TOKEN@" 2>/dev/null; then d=$b/@TOKEN@; break; fi
done
[ -n "$d" ] || { echo 'no private directory can be made here' >&2; exit 73; }
(
  umask 077
  printf %s '@BASH@' | base64 -d >"$d/step.bash"
  printf %s '@SH@' | base64 -d >"$d/step.sh"
  : >"$d/login.sh"
)
trap : INT QUIT
if command -v bash >/dev/null 2>&1; then bash @LOGIN@ "$d/step.bash" login.sh; else sh "$d/step.sh" login.sh; fi
exit $?
